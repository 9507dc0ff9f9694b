// The reader's API, as anybody may call it: every figure on this page is one of these answers.

/** An answer that is not the one asked for; `status` 0 means that nobody answered. */
export class Problem extends Error {
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
  if (response.status === 204) return null;
  const body = await response.json().catch(() => ({}));
  if (!response.ok) {
    const fallback = { code: "error", detail: `The reader answered ${response.status}.` };
    throw new Problem(response.status, { ...fallback, ...body });
  }
  return body;
}

function address(path, parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return given.length ? `${path}?${new URLSearchParams(given)}` : path;
}

/** One page of a list. */
export function get(path, parameters = {}) {
  return send("GET", address(path, parameters));
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

/** Exchange a token for the session cookie. */
export function signIn(token) {
  const headers = { "Content-Type": "application/json" };
  return send("POST", "/v1/session", { headers, body: JSON.stringify({ token }) });
}

/** Close the session. */
export async function signOut() {
  const session = await send("GET", "/v1/session");
  const headers = { "X-CSRF-Token": session.csrf_token };
  return send("DELETE", "/v1/session", { headers });
}
