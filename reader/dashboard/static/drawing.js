// The charts come by themselves, so that a page without them (blocked, broken) still has its tables.

/** The charts once they are there; null if they never will be. */
export const drawing = import("./charts/index.js").then((module) => module.charts).catch(() => null);
