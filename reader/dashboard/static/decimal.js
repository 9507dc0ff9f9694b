// Exact amounts: the API sends decimals as text, and no figure on this page is a rounded float.
// Inside the page an amount is a BigInt of billionths; floats are only used to place pixels.

const PLACES = 9;
const UNIT = 10n ** BigInt(PLACES);

/** Read "-12.345600" (or an integer) into billionths; null stays null. */
export function parse(text) {
  if (text === null || text === undefined) return null;
  const [whole, fraction = ""] = String(text).replace("-", "").split(".");
  const amount = BigInt(whole) * UNIT + BigInt(fraction.padEnd(PLACES, "0").slice(0, PLACES));
  return String(text).startsWith("-") ? -amount : amount;
}

/** A float near the amount, to place a pixel with. */
export function approximate(amount) {
  return Number(amount) / Number(UNIT);
}

/** Round half-even to so many places and group the thousands: "12,345.60", sign apart. */
export function digits(amount, places) {
  const step = 10n ** BigInt(PLACES - places);
  const size = amount < 0n ? -amount : amount;
  let units = size / step;
  const rest = (size % step) * 2n;
  if (rest > step || (rest === step && units % 2n === 1n)) units += 1n;
  const text = units.toString().padStart(places + 1, "0");
  const whole = text.slice(0, text.length - places);
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return places ? `${grouped}.${text.slice(-places)}` : grouped;
}

/** The share that `change` is of `base`, as a float; null over nothing. */
export function share(change, base) {
  if (base === null || base === 0n) return null;
  return Number((change * 1000000n) / (base < 0n ? -base : base)) / 1000000;
}

/** The amount as the API writes it: "-12.345600000". */
export function written(amount) {
  const size = (amount < 0n ? -amount : amount).toString().padStart(PLACES + 1, "0");
  return `${amount < 0n ? "-" : ""}${size.slice(0, -PLACES)}.${size.slice(-PLACES)}`;
}
