// Where the page begins: a session opens the overview, none opens the sign-in.

import { get, signIn } from "./api.js";
import { overview } from "./overview.js";
import { signInForm } from "./signin.js";

const root = document.getElementById("root");
let close = () => {};

// Whether a session may be open: the cookie itself can't be seen, and asking in vain is an error in
// the console.
const memory = {
  get: () => ignoring(() => localStorage.getItem("tillhouse.session")),
  set: (value) => ignoring(() => localStorage.setItem("tillhouse.session", value)),
};

function ignoring(action) {
  try {
    return action();
  } catch {
    return null;
  }
}

function enter() {
  memory.set("open");
  close = overview(root, leave);
}

function leave(problem) {
  memory.set("");
  close();
  signInForm(root, enter, problem?.status === 401 ? "Your session is over: sign in again." : problem?.message);
}

/** A token in the fragment, which no server ever sees, signs in at once and is taken out. */
async function fromLink() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!token) return;
  history.replaceState(null, "", location.pathname + location.search);
  await signIn(token);
  memory.set("open");
}

try {
  await fromLink();
  if (memory.get()) await get("/v1/session").then(enter);
  else signInForm(root, enter);
} catch (problem) {
  memory.set("");
  signInForm(root, enter, problem.status === 401 ? "Sign in again: the token or session is over." : problem.message);
}
