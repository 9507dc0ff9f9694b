/** What the API says of a failure: `application/problem+json` (RFC 9457). */
interface Problem {
  readonly detail?: string;
  readonly code?: string;
  readonly param?: string | null;
  readonly request_id?: string;
}

const BRAND = Symbol.for("tillhouse.error");

/** An answer other than the one asked for, or none. */
export class TillhouseError extends Error {
  /** Next.js has a copy of this class in each bundle: `instanceof` must hold between them. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && BRAND in value;
  }

  override readonly name = "TillhouseError";
  readonly [BRAND] = true;
  /** For programs: the API's own, or `timeout`, `unreachable`, `http_502`, `generations_differ`. */
  readonly code: string;
  /** Of the answer; null if there was none. */
  readonly status: number | null;
  /** The parameter that is wrong. */
  readonly param: string | null;
  /** By which the reader's log has the request. */
  readonly requestId: string | null;
  /** After how many seconds it is worth asking again. */
  readonly retryAfterSeconds: number | null;

  constructor(
    code: string,
    detail: string,
    said: {
      status?: number;
      param?: string | null;
      requestId?: string | null;
      retryAfterSeconds?: number | null;
      cause?: unknown;
    } = {},
  ) {
    super(`Tillhouse: ${code}: ${detail}`, { cause: said.cause });
    this.code = code;
    this.status = said.status ?? null;
    this.param = said.param ?? null;
    this.requestId = said.requestId ?? null;
    this.retryAfterSeconds = said.retryAfterSeconds ?? null;
  }

  /** Read the error that a response carries. */
  static async of(response: Response, path: string): Promise<TillhouseError> {
    const isProblem = response.headers.get("content-type")?.startsWith("application/problem+json");
    const problem = isProblem ? ((await response.json()) as Problem) : {};
    const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
    return new TillhouseError(
      problem.code ?? `http_${response.status}`,
      `${problem.detail ?? "the answer is not one of the reader's: is TILLHOUSE_URL right?"} (${path})`,
      {
        status: response.status,
        param: problem.param ?? null,
        requestId: problem.request_id ?? response.headers.get("x-request-id"),
        retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : null,
      },
    );
  }
}
