/**
 * A client of Tillhouse's reader for servers: Node 22 or later, Next.js server components and route
 * handlers. It needs nothing but fetch, and holds the token, so it must never reach a browser.
 *
 * Each answer is kept with its ETag and asked for with If-None-Match: as long as no new generation
 * is published, the reader answers 304 without a query. The kept copy is never served unasked, so
 * there is no age to choose and nothing to invalidate.
 */

import { TillhouseError } from "./errors.ts";
import type { Routes } from "./routes.ts";

export type Path = keyof Routes;
/** Routes that are served page by page. */
export type ListPath = {
  [P in Path]: "cursor" extends keyof Routes[P]["query"] ? P : never;
}[Path];
export type Row<P extends Path> = Routes[P]["row"];

type PathNames<P extends string> = P extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathNames<Rest>
  : never;

/** The parameters of a route: those of the query and those in the path, by name. */
export type Parameters<P extends Path> = Routes[P]["query"] & Record<PathNames<P>, string>;

/** Parameters may be left out where none is required. */
type Rest<P extends Path> = Record<never, never> extends Parameters<P>
  ? [parameters?: Parameters<P>, options?: RequestOptions]
  : [parameters: Parameters<P>, options?: RequestOptions];

type Given = [parameters?: Readonly<Record<string, unknown>>, options?: RequestOptions];

export interface RequestOptions {
  /** Ends the request early, for instance with the request that it serves. */
  readonly signal?: AbortSignal;
}

/** What every answer says of the generation it was read from. */
export interface Meta {
  readonly generation: string;
  readonly as_of: string;
  readonly published_at: string;
  /** When the next generation is due; later than that, the figures are stale. */
  readonly expected_by: string;
  readonly currency: string | null;
  readonly unit: "decimal" | "minor";
  readonly partial_period: boolean;
  readonly checks: Readonly<Record<string, number>>;
  readonly sources: Readonly<Record<string, { readonly synced_through: string }>>;
}

export interface Answer<R> {
  readonly object: "list";
  readonly data: R[];
  readonly has_more: boolean;
  readonly next_cursor: string | null;
  readonly meta: Meta;
}

/** What a page is loaded with: the client itself, or one generation's view of it. */
export interface Reads {
  get<P extends Path>(path: P, ...rest: Rest<P>): Promise<Answer<Row<P>>>;
}

export interface Options {
  /** Where the reader is, for instance http://127.0.0.1:8000. */
  readonly url: string;
  /** A key from `tillhouse token NAME --api-key`. */
  readonly token: string;
  /** How long one request may take, in milliseconds. */
  readonly timeoutMs?: number;
  /** How many answers are kept, the least recently used going first. */
  readonly keptAnswers?: number;
}

interface Kept {
  readonly etag: string;
  readonly body: string;
}

export class Tillhouse implements Reads {
  readonly #url: string;
  readonly #token: string;
  readonly #timeoutMs: number;
  readonly #keptAnswers: number;
  readonly #kept = new Map<string, Kept>();

  constructor({ url, token, timeoutMs = 10_000, keptAnswers = 500 }: Options) {
    if ("document" in globalThis) {
      throw new Error("the Tillhouse client holds a token: use it on the server only");
    }
    this.#url = url.replace(/\/+$/, "");
    this.#token = token;
    this.#timeoutMs = timeoutMs;
    this.#keptAnswers = keptAnswers;
  }

  /**
   * Read one page of a route.
   *
   * Throws a TillhouseError for any answer but 200 and 304, and for none within the time limit.
   */
  async get<P extends Path>(path: P, ...rest: Rest<P>): Promise<Answer<Row<P>>> {
    const [parameters = {}, options] = rest as Given;
    const address = addressOf(path, parameters);
    const kept = this.#kept.get(address);
    const headers = kept ? { "If-None-Match": kept.etag } : {};
    return this.#within(path, options?.signal, async (signal) => {
      const response = await this.#ask(address, { headers, signal });
      if (response.status === 304 && kept) {
        this.#keep(address, kept);
        return JSON.parse(kept.body) as Answer<Row<P>>;
      }
      if (response.status !== 200) throw await TillhouseError.of(response, path);
      const body = await response.text();
      const etag = response.headers.get("etag");
      if (etag !== null) this.#keep(address, { etag, body });
      return JSON.parse(body) as Answer<Row<P>>;
    });
  }

  /**
   * Read all rows of a route, page by page, from the one generation that served the first page.
   *
   * Throws a TillhouseError, `cursor_expired` if that generation is removed meanwhile: begin again.
   */
  async *rows<P extends ListPath>(path: P, ...rest: Rest<P>): AsyncGenerator<Row<P>> {
    const [parameters, options] = rest as Given;
    let cursor: string | null = null;
    do {
      const asked = { limit: 1000, ...parameters, ...(cursor === null ? {} : { cursor }) };
      const page: Answer<Row<P>> = await this.get(path, ...([asked, options] as unknown as Rest<P>));
      yield* page.data;
      cursor = page.next_cursor;
    } while (cursor !== null);
  }

  /**
   * Load what takes several requests from one generation: a page whose figures belong together.
   *
   * If a generation is published between the requests, `load` is run again; what has not changed
   * then costs a 304.
   */
  async together<T>(load: (reads: Reads) => Promise<T>): Promise<T> {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const generations = new Set<string>();
      const get: Reads["get"] = async (path, ...rest) => {
        const answer = await this.get(path, ...rest);
        generations.add(answer.meta.generation);
        return answer;
      };
      const loaded = await load({ get });
      if (generations.size <= 1) return loaded;
    }
    throw new TillhouseError("generations_differ", "generations follow each other faster than they are read");
  }

  /**
   * Open the stream of live updates (Server-Sent Events), to be passed on to a browser.
   *
   * The time limit is for the answer to begin; `signal` ends the stream.
   */
  async events(
    signal: AbortSignal,
    lastEventId?: string | null,
  ): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const path = "/v1/events";
    const begins = new AbortController();
    const late = (): void => begins.abort(new DOMException("no answer", "TimeoutError"));
    const timer = setTimeout(late, this.#timeoutMs);
    try {
      const known = lastEventId ? { "Last-Event-ID": lastEventId } : {};
      const headers = { Accept: "text/event-stream", ...known };
      const response = await this.#ask(path, { headers, signal: AbortSignal.any([signal, begins.signal]) });
      if (response.status !== 200 || response.body === null) throw await TillhouseError.of(response, path);
      return response.body;
    } catch (error) {
      throw told(error, path);
    } finally {
      clearTimeout(timer);
    }
  }

  async #within<T>(
    path: string,
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const limit = AbortSignal.timeout(this.#timeoutMs);
    try {
      return await work(signal ? AbortSignal.any([signal, limit]) : limit);
    } catch (error) {
      throw told(error, path);
    }
  }

  #ask(address: string, init: { headers: Record<string, string>; signal: AbortSignal }): Promise<Response> {
    const headers = { Accept: "application/json", ...init.headers, Authorization: `Bearer ${this.#token}` };
    // Next.js must not keep the answer for a time of its own, and the token goes nowhere else.
    return fetch(this.#url + address, { ...init, headers, cache: "no-store", redirect: "error" });
  }

  #keep(address: string, kept: Kept): void {
    // A Map remembers the order of its keys: the first is the least recently used.
    this.#kept.delete(address);
    this.#kept.set(address, kept);
    if (this.#kept.size > this.#keptAnswers) {
      this.#kept.delete(this.#kept.keys().next().value as string);
    }
  }
}

function addressOf(path: string, parameters: Readonly<Record<string, unknown>>): string {
  const left = new Map(Object.entries(parameters).filter(([, value]) => value !== undefined));
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = left.get(name);
    left.delete(name);
    return encodeURIComponent(String(value));
  });
  const query = new URLSearchParams([...left].map(([name, value]) => [name, String(value)]));
  query.sort();
  return query.size === 0 ? filled : `${filled}?${query}`;
}

/** Tell a time limit and a missing server as errors of ours; whoever aborted knows that already. */
function told(error: unknown, path: string): unknown {
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return new TillhouseError("timeout", `the reader did not answer in time (${path})`, { cause: error });
  }
  if (error instanceof TypeError) {
    return new TillhouseError("unreachable", `the reader can't be reached (${path})`, { cause: error });
  }
  return error;
}
