/**
 * Keeps a row of ApiUsageLog for every call to a provider, with what it cost at that instant.
 *
 * Nothing here throws into the request that makes the call, or makes it wait. What can't be written
 * is tried again while the process lives; what can't be priced is written without a cost, and priced
 * by `priceUnpriced` from any process, later. The warehouse prices every call itself: the cost kept
 * here is for the application's own screens, and a control.
 */

import { costOf, type RateCard } from "./rateCard.ts";

/** A row of ApiUsageLog. */
export interface UsageLogRow {
  readonly id: string;
  readonly videoId: string;
  readonly provider: string;
  readonly credits: number;
  /** Null until the rate is known. */
  readonly costUSD: number | null;
  /** What became of this call; what became of the video is in Video.status. */
  readonly outcome: string;
  /** When the call began: its rate is the one valid then. */
  readonly timestamp: Date;
}

/** What is used of a PrismaClient. */
export interface Database {
  readonly apiUsageLog: {
    create(args: { data: UsageLogRow }): PromiseLike<unknown>;
    findMany(args: {
      where: { videoId: string } | { costUSD: null };
      orderBy: { timestamp: "asc" };
      take?: number;
    }): PromiseLike<UsageLogRow[]>;
    updateMany(args: { where: { id: string }; data: { costUSD: number } }): PromiseLike<unknown>;
  };
  readonly video: {
    findMany(args: {
      where: { id: { in: string[] }; status: "FAILED" };
      select: { id: true };
    }): PromiseLike<{ id: string }[]>;
  };
}

/** A call about to be made. */
export interface Call<T> {
  readonly videoId: string;
  readonly provider: string;
  /** What the provider will take. */
  readonly credits: number;
  /** What it took, if its answer says so. */
  readonly creditsOf?: (result: T) => number;
}

/** `unpriced`: written without a cost; `unwritten`: tried again; `lost`: not tried any more. */
export type Trouble = (what: "unpriced" | "unwritten" | "lost", subject: string, cause: unknown) => void;

export interface Options {
  readonly database: Database;
  readonly rates: RateCard;
  /** Runs work once the response is sent: `after` of next/server. Not given: at once. */
  readonly defer?: (work: () => Promise<void>) => void;
  /** How many writes wait for another attempt at most. */
  readonly waiting?: number;
  /** The pause before the first further attempt, in milliseconds; it doubles up to a minute. */
  readonly retryMs?: number;
  readonly onTrouble?: Trouble;
}

type Work = () => Promise<void>;

const LONGEST_RETRY_MS = 60_000;

export class CostLogger {
  readonly #database: Database;
  readonly #rates: RateCard;
  readonly #defer: (work: Work) => void;
  readonly #mostWaiting: number;
  readonly #retryMs: number;
  readonly #onTrouble: Trouble;
  readonly #waiting = new Map<string, Work>();
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor({ database, rates, defer, waiting = 10_000, retryMs = 1_000, onTrouble = toConsole }: Options) {
    this.#database = database;
    this.#rates = rates;
    this.#defer = defer ?? ((work) => void work());
    this.#mostWaiting = waiting;
    this.#retryMs = retryMs;
    this.#onTrouble = onTrouble;
  }

  /** How many writes wait for another attempt. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Make a call and keep its row; returns what the call returns and throws what it throws. */
  async call<T>(call: Call<T>, work: () => Promise<T>): Promise<T> {
    const begun = { id: crypto.randomUUID(), timestamp: new Date() };
    try {
      const result = await work();
      this.#record(call, begun, "SUCCEEDED", () => call.creditsOf?.(result) ?? call.credits);
      return result;
    } catch (error) {
      this.#record(call, begun, "FAILED", () => call.credits);
      throw error;
    }
  }

  /**
   * Price all calls of a video anew: to be called once the video is COMPLETED or FAILED, because
   * some providers take nothing for videos that failed.
   */
  async settle(videoId: string): Promise<void> {
    await this.#attempt(`video ${videoId}`, async () => {
      const where = { videoId };
      await this.#price(await this.#database.apiUsageLog.findMany({ where, orderBy: { timestamp: "asc" } }));
    });
  }

  /**
   * Price what was written without a cost, the oldest first; returns how many rows were priced.
   * Meant for a schedule, which wants to know of failures: it throws them.
   */
  async priceUnpriced(take = 1_000): Promise<number> {
    const where = { costUSD: null };
    const rows = await this.#database.apiUsageLog.findMany({ where, orderBy: { timestamp: "asc" }, take });
    return this.#price(rows);
  }

  /** Try again what waits, until something fails again; done by itself, and worth a call at the end. */
  async retry(): Promise<void> {
    for (const [key, work] of [...this.#waiting]) {
      await this.#attempt(key, work);
      if (this.#waiting.has(key)) return;
    }
  }

  #record(
    call: Call<never>,
    begun: Pick<UsageLogRow, "id" | "timestamp">,
    outcome: "SUCCEEDED" | "FAILED",
    credits: () => number,
  ): void {
    const work = (): Promise<void> =>
      this.#attempt(`call ${begun.id}`, async () => {
        const { videoId, provider } = call;
        await this.#write({ ...begun, videoId, provider, credits: this.#counted(call, credits), outcome, costUSD: null });
      });
    try {
      this.#defer(work);
    } catch {
      // `after` refuses work outside of a request: then there is no response to wait for.
      void work();
    }
  }

  #counted(call: Call<never>, credits: () => number): number {
    try {
      return credits();
    } catch (error) {
      this.#onTrouble("unpriced", `video ${call.videoId}`, error);
      return call.credits;
    }
  }

  async #write(row: UsageLogRow): Promise<void> {
    const costUSD = await this.#costNow(row);
    try {
      await this.#database.apiUsageLog.create({ data: { ...row, costUSD } });
    } catch (error) {
      // An attempt whose answer was lost has written the row: the id is our own.
      if (!isDuplicate(error)) throw error;
    }
  }

  async #costNow(row: UsageLogRow): Promise<number | null> {
    try {
      return await this.#costOf(row, await this.#failedOf([row]));
    } catch (error) {
      this.#onTrouble("unpriced", `call ${row.id}`, error);
      return null;
    }
  }

  async #price(rows: readonly UsageLogRow[]): Promise<number> {
    const failed = await this.#failedOf(rows);
    let priced = 0;
    for (const row of rows) {
      const costUSD = await this.#costOf(row, failed);
      if (costUSD === null || costUSD === row.costUSD) continue;
      await this.#database.apiUsageLog.updateMany({ where: { id: row.id }, data: { costUSD } });
      priced += 1;
    }
    return priced;
  }

  async #costOf(row: UsageLogRow, failed: ReadonlySet<string>): Promise<number | null> {
    const rate = await this.#rates.rateAt(row.provider, row.timestamp);
    if (rate === null) {
      this.#onTrouble("unpriced", `call ${row.id}`, `no rate of ${row.provider} at ${row.timestamp.toISOString()}`);
      return null;
    }
    // The column is a double; the one nearest to a decimal of up to 15 digits prints as that decimal.
    return Number(costOf(rate, row.credits, { videoFailed: failed.has(row.videoId) }));
  }

  async #failedOf(rows: readonly UsageLogRow[]): Promise<ReadonlySet<string>> {
    const ids = [...new Set(rows.map((row) => row.videoId))];
    if (ids.length === 0) return new Set();
    const where = { id: { in: ids }, status: "FAILED" as const };
    const failed = await this.#database.video.findMany({ where, select: { id: true } });
    return new Set(failed.map((video) => video.id));
  }

  async #attempt(key: string, work: Work): Promise<void> {
    try {
      await work();
      this.#waiting.delete(key);
      this.#failures = 0;
    } catch (error) {
      this.#onTrouble("unwritten", key, error);
      this.#wait(key, work, error);
    }
  }

  #wait(key: string, work: Work, cause: unknown): void {
    // To the end, so that one row that can never be written does not stand before the others.
    this.#waiting.delete(key);
    this.#waiting.set(key, work);
    if (this.#waiting.size > this.#mostWaiting) {
      const oldest = this.#waiting.keys().next().value as string;
      this.#waiting.delete(oldest);
      this.#onTrouble("lost", oldest, cause);
    }
    if (this.#timer !== null) return;
    const pause = Math.min(this.#retryMs * 2 ** this.#failures, LONGEST_RETRY_MS);
    this.#failures += 1;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.retry();
    }, pause);
    // A process that has nothing else to do may end.
    this.#timer.unref();
  }
}

function isDuplicate(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "P2002";
}

function toConsole(what: string, subject: string, cause: unknown): void {
  console.error(`usage log: ${what}: ${subject}: ${cause instanceof Error ? cause.message : String(cause)}`);
}
