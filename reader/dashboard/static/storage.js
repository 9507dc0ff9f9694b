// What this browser remembers; one that keeps nothing forgets, and the page works all the same.

/** The remembered text, or null. */
export function recall(name) {
  try {
    return localStorage.getItem(`tillhouse.${name}`);
  } catch {
    return null;
  }
}

/** Remember a text for the next visit, if the browser does. */
export function remember(name, text) {
  try {
    localStorage.setItem(`tillhouse.${name}`, text);
  } catch {
    // Kept for this visit only.
  }
}
