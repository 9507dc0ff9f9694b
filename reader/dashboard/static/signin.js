// The way in: a token is exchanged for a cookie that no script can read, and then forgotten.

import { signIn } from "./api.js";
import { brand } from "./topbar.js";
import { h } from "./dom.js";
import { sentence } from "./format.js";

/** Show the form; `enter()` is called once the session is open. */
export function signInForm(root, enter, reason) {
  const problem = h("div", { class: "problem", role: "alert", hidden: !reason }, reason ? sentence(reason) : "");
  const input = h("input", { id: "token", type: "password", name: "token", autocomplete: "off", spellcheck: "false", required: true, placeholder: "eyJ… or till_…" });
  const button = h("button", { class: "button primary", type: "submit" }, "Sign in");
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await signIn(input.value.trim());
      enter();
    } catch (error) {
      problem.textContent = sentence(error.message);
      problem.hidden = false;
      input.select();
    } finally {
      button.disabled = false;
    }
  };
  root.replaceChildren(h("main", { id: "main", class: "signin" },
    h("form", { onsubmit: submit },
      brand(),
      h("div", {}, h("h1", {}, "Sign in"), h("p", {}, "The figures are for administrators.")),
      problem,
      h("label", { for: "token" }, "Access token", input),
      button,
      h("p", {}, "No token yet? Run ", h("code", {}, "tillhouse token NAME"), " where Tillhouse runs."),
    ),
  ));
  input.focus();
}
