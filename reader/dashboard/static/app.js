// Where the page begins: a session opens the dashboard, none opens the sign-in.

import { signIn } from "./api.js";
import { shell } from "./shell.js";
import { signInForm } from "./signin.js";
import { recall, remember } from "./storage.js";

const root = document.getElementById("root");
let close = null;

// Whether a session may be open is remembered: the cookie itself can't be seen, and asking in vain
// is an error in the console. If it is over, the first answer says so.
function enter() {
  remember("session", "open");
  close = shell(root, leave);
}

function leave(problem) {
  // Several questions may learn at once that the session is over.
  if (!close) return;
  close();
  close = null;
  refuse(problem);
}

function refuse(problem) {
  remember("session", "");
  signInForm(root, enter, problem?.status === 401 ? "Your session is over: sign in again." : problem?.message);
}

/** A token in the fragment, which no server ever sees, signs in at once and is taken out. */
async function fromLink() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!token) return;
  history.replaceState(null, "", location.pathname + location.search);
  await signIn(token);
  remember("session", "open");
}

try {
  await fromLink();
  if (recall("session")) enter();
  else signInForm(root, enter);
} catch (problem) {
  refuse(problem);
}
