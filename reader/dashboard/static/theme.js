// The chosen theme, set before the first paint; without a choice the system's is followed.
(function () {
  try {
    const chosen = localStorage.getItem("tillhouse.theme");
    if (chosen) document.documentElement.dataset.theme = chosen;
  } catch {
    // A browser that keeps nothing follows the system.
  }
})();
