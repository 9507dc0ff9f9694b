// The reader's API, as anybody may call it: every figure on this page is one of these answers.

/** An answer that is not the one asked for; `status` 0 means that nobody answered. */
class Problem extends Error {
  constructor(status, body) {
    super(body.detail);
    this.status = status;
    this.code = body.code;
    this.requestId = body.request_id;
  }
}

async function send(method, path, options = {}) {
  let response;
  try {
    response = await fetch(path, { method, credentials: "same-origin", ...options });
  } catch {
    throw new Problem(0, { code: "unreachable", detail: "The reader does not answer." });
  }
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  const fallback = { code: "error", detail: `The reader answered ${response.status}.` };
  throw new Problem(response.status, { ...fallback, ...body });
}

/** The address of a question; parameters that are not given are left out. */
export function address(path, parameters = {}) {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return given.length ? `${path}?${new URLSearchParams(given)}` : path;
}

/** One page of a list. */
export async function get(path, parameters = {}) {
  const response = await send("GET", address(path, parameters));
  return response.json();
}

/** All pages of a list, of one generation. */
export async function all(path, parameters = {}) {
  const first = await get(path, { ...parameters, limit: 1000 });
  let page = first;
  while (page.has_more) {
    page = await get(path, { ...parameters, limit: 1000, cursor: page.next_cursor });
    first.data.push(...page.data);
  }
  return first;
}

/** An answer as it travels, for a file: its bytes may be megabytes, its headers name it. */
export function raw(path, parameters = {}) {
  return send("GET", address(path, parameters));
}

/** Change something; a browser's session must prove that the page itself asks. */
export async function post(path) {
  return (await send("POST", path, { headers: await proof() })).json();
}

/** Exchange a token for the session cookie. */
export async function signIn(token) {
  const headers = { "Content-Type": "application/json" };
  await send("POST", "/v1/session", { headers, body: JSON.stringify({ token }) });
}

/** Close the session. */
export async function signOut() {
  await send("DELETE", "/v1/session", { headers: await proof() });
}

async function proof() {
  const session = await get("/v1/session");
  return { "X-CSRF-Token": session.csrf_token };
}

/** Of a question: its answer is one page, because it is no list that is walked. */
export const ONE = "one";

/**
 * Ask each question [path, parameters, ONE or nothing] of a load once, however many panels ask it.
 * A `limit` asks for the first page only.
 */
export function asker() {
  const asked = new Map();
  return ([path, parameters, form]) => {
    const key = address(path, parameters);
    const isOne = form === ONE || parameters.limit !== undefined;
    if (!asked.has(key)) asked.set(key, (isOne ? get : all)(path, parameters));
    return asked.get(key);
  };
}
