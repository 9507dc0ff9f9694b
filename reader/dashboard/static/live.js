// Live updates: the server tells what there is to fetch; a lost message costs one poll, never truth.

const NAMES = ["generation.published", "alert.opened", "alert.resolved", "payments.recent"];

/** Listen while the page is looked at; `tell(name, data)` is called for each event. */
export function follow(tell) {
  let source = null;
  const open = () => {
    if (source || document.hidden) return;
    source = new EventSource("/v1/events");
    for (const name of NAMES) source.addEventListener(name, (event) => tell(name, JSON.parse(event.data)));
  };
  // A browser allows few connections to a host: tabs that nobody looks at hold none.
  const close = () => {
    source?.close();
    source = null;
  };
  const turn = () => (document.hidden ? close() : open());
  document.addEventListener("visibilitychange", turn);
  open();
  return () => {
    document.removeEventListener("visibilitychange", turn);
    close();
  };
}
