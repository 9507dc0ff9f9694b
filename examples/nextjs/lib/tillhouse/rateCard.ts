/** The providers' rate card, as the warehouse has it, and what a call costs by it. */

import type { Tillhouse } from "./client.ts";
import * as decimal from "./decimal.ts";

/** What a provider takes for a credit, from `validFrom` until just before `validTo`. */
export interface Rate {
  readonly rateId: string;
  readonly provider: string;
  readonly usdPerCredit: string;
  readonly validFrom: string;
  readonly validTo: string | null;
  /** Whether calls for a video that failed are paid for. */
  readonly billsFailures: boolean;
}

/** A cost has nine places in the warehouse. */
const PLACES = 9;

/**
 * What a call costs, as text with nine places: exactly the warehouse's arithmetic, so that its
 * `variance_usd` is 0 wherever the application knew the rate and what became of the video.
 */
export function costOf(rate: Rate, credits: number, { videoFailed }: { videoFailed: boolean }): string {
  if (!Number.isSafeInteger(credits)) throw new RangeError(`${credits} is no whole number of credits`);
  const isBilled = rate.billsFailures || !videoFailed;
  const units = { units: BigInt(isBilled ? credits : 0), places: 0 };
  const exact = decimal.multiply(units, decimal.parse(rate.usdPerCredit));
  return decimal.print(decimal.round(exact, PLACES));
}

/**
 * The rate card, read when it is first needed and again once it is older than `maxAgeMs`, which
 * costs a 304 as long as nothing is published. A rate that is announced has its beginning in the
 * card, so it holds from that very instant, not from the next reading.
 */
export class RateCard {
  readonly #api: Tillhouse;
  readonly #maxAgeMs: number;
  #rates: readonly Rate[] | null = null;
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | null = null;

  constructor(api: Tillhouse, { maxAgeMs = 300_000 }: { maxAgeMs?: number } = {}) {
    this.#api = api;
    this.#maxAgeMs = maxAgeMs;
  }

  /**
   * The one rate of a provider that is valid at an instant; null if the card has none.
   *
   * A card that can't be read again goes on being used: its rates say themselves how long they
   * hold. Throws a TillhouseError only if none was ever read.
   */
  async rateAt(provider: string, at: Date): Promise<Rate | null> {
    if (performance.now() - this.#readAt >= this.#maxAgeMs) {
      this.#reading ??= this.#read().finally(() => {
        this.#reading = null;
      });
      try {
        await this.#reading;
      } catch (error) {
        if (this.#rates === null) throw error;
      }
    }
    const instant = sortable(at.toISOString());
    return this.#rates?.find((rate) => rate.provider === provider && holds(rate, instant)) ?? null;
  }

  async #read(): Promise<void> {
    const rates: Rate[] = [];
    for await (const row of this.#api.rows("/v1/costs/rates")) {
      const { rate_id, provider, usd_per_credit, valid_from, valid_to, bills_failures } = row;
      if (!rate_id || !provider || !usd_per_credit || !valid_from) continue;
      rates.push({
        rateId: rate_id,
        provider,
        usdPerCredit: usd_per_credit,
        validFrom: valid_from,
        validTo: valid_to ?? null,
        billsFailures: bills_failures ?? true,
      });
    }
    this.#rates = rates;
    this.#readAt = performance.now();
  }
}

function holds(rate: Rate, instant: string): boolean {
  const isBegun = sortable(rate.validFrom) <= instant;
  return isBegun && (rate.validTo === null || instant < sortable(rate.validTo));
}

/** Bring an ISO instant in UTC to microseconds, so that texts compare as instants do. */
function sortable(instant: string): string {
  const [seconds = "", fraction = ""] = instant.replace(/Z$/, "").split(".");
  return `${seconds}.${fraction.padEnd(6, "0")}`;
}
