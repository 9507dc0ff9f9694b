/**
 * Exact decimals, as the API sends them: text such as "5198.323832". They are never turned into a
 * JavaScript number, which is a binary fraction: sums are BigInt, and Intl formats the text itself.
 */

export interface Decimal {
  /** The value is `units` times ten to the minus `places`. */
  readonly units: bigint;
  readonly places: number;
}

// Stripe's, https://docs.stripe.com/currencies: Intl's digits are what people show, which is not the same.
const WITHOUT_MINOR_UNIT = new Set(
  "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split(" "),
);
const IN_THOUSANDTHS = new Set("bhd jod kwd omr tnd".split(" "));

const PATTERN = /^(-?)(\d+)(?:\.(\d+))?$/;

/** Read a decimal from text. Throws a RangeError for anything else, exponents among it. */
export function parse(text: string): Decimal {
  const match = PATTERN.exec(text);
  if (match === null) throw new RangeError(`${JSON.stringify(text)} is no decimal`);
  const [, sign = "", whole = "", fraction = ""] = match;
  return { units: BigInt(`${sign}${whole}${fraction}`), places: fraction.length };
}

/** Write a decimal with exactly its places. */
export function print({ units, places }: Decimal): string {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places);
  const fraction = places === 0 ? "" : `.${digits.slice(digits.length - places)}`;
  return `${units < 0n ? "-" : ""}${whole}${fraction}`;
}

/** Round half to even, as the warehouse does; a decimal with fewer places is filled with zeros. */
export function round({ units, places }: Decimal, wanted: number): Decimal {
  if (places <= wanted) return { units: units * 10n ** BigInt(wanted - places), places: wanted };
  const divisor = 10n ** BigInt(places - wanted);
  const quotient = units / divisor;
  const rest = units % divisor;
  const twice = 2n * (rest < 0n ? -rest : rest);
  const isUp = twice > divisor || (twice === divisor && quotient % 2n !== 0n);
  return { units: quotient + (isUp ? (units < 0n ? -1n : 1n) : 0n), places: wanted };
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return { units: a.units * b.units, places: a.places + b.places };
}

/** Add decimals as text; the sum has the places of the one with most. */
export function sum(texts: Iterable<string>): string {
  const values = Array.from(texts, parse);
  const places = Math.max(0, ...values.map((value) => value.places));
  return print({ units: values.reduce((total, value) => total + round(value, places).units, 0n), places });
}

/** Show US dollars (or another currency's units) rounded for people; null is a dash. */
export function formatMoney(
  amount: string | null | undefined,
  { currency = "usd", locale = "en-US" }: { currency?: string; locale?: string } = {},
): string {
  return shown(amount, locale, { style: "currency", currency: currency.toUpperCase() });
}

/** Show a share of 1, "0.0414", as a percentage; null is a dash. */
export function formatShare(share: string | null | undefined, locale = "en-US"): string {
  return shown(share, locale, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

/** Turn Stripe's minor units into text in whole units: 1234 usd is "12.34", 1234 jpy "1234". */
export function fromMinor(minor: number | bigint, currency: string): string {
  const places = WITHOUT_MINOR_UNIT.has(currency) ? 0 : IN_THOUSANDTHS.has(currency) ? 3 : 2;
  return print({ units: BigInt(minor), places });
}

function shown(text: string | null | undefined, locale: string, options: Intl.NumberFormatOptions): string {
  if (text === null || text === undefined) return "–";
  parse(text);
  // Intl reads the decimal in a text exactly; only what it shows is rounded.
  return new Intl.NumberFormat(locale, { ...options, roundingMode: "halfEven" }).format(text as `${number}`);
}
