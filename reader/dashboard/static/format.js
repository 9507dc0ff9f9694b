// How numbers and dates are written, everywhere alike.

import { approximate, digits } from "./decimal.js";

const MINUS = "−";
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function signed(amount, text) {
  return amount < 0n ? MINUS + text : text;
}

/** $12.4k: for cards and axes. */
export function compactUsd(amount) {
  if (amount === null) return "–";
  return signed(amount, `$${compact(Math.abs(approximate(amount)), 2)}`);
}

/** 12.4k, 940, 0.32. */
function compact(number, places = 0) {
  for (const [size, unit] of [[1e9, "B"], [1e6, "M"], [1e4, "k"]]) {
    const base = unit === "k" ? 1e3 : size;
    if (number >= size * 0.9995) return trimmed(number / base) + unit;
  }
  if (Number.isInteger(number) || number >= 1000) return Math.round(number).toLocaleString("en-US");
  return number.toFixed(places);
}

/** $10k, $0.25, −$500: for axes. */
export function axisUsd(value) {
  const size = Math.abs(value);
  const text = size > 0 && size < 10 ? String(Number(size.toFixed(2))) : compact(size).replace(".0", "");
  return `${value < 0 ? MINUS : ""}$${text}`;
}

/** 10k, 0.25: counts on an axis. */
export function axisCount(value) {
  return value < 0 ? MINUS + axisCount(-value) : axisUsd(value).replace("$", "");
}

/** 5 %, 0.5 %: shares on an axis. */
export function axisPercent(value) {
  return `${value < 0 ? MINUS : ""}${Number(Math.abs(value * 100).toFixed(1))}%`;
}

function trimmed(number) {
  return number >= 100 ? number.toFixed(0) : number.toFixed(1);
}

/** $12,431.70: exact to the cent, and further where there is more to say. */
export function exactUsd(amount, most = 6) {
  if (amount === null) return "–";
  let places = 2;
  while (places < most && amount % 10n ** BigInt(9 - places) !== 0n) places += 1;
  return signed(amount, `$${digits(amount, places)}`);
}

/** $12,431.70, to the cent. */
export function usd(amount, places = 2) {
  return amount === null ? "–" : signed(amount, `$${digits(amount, places)}`);
}

/** 12,431.7: a number of no known unit, as exact as it is. */
export function digitsOf(amount) {
  if (amount === null) return "–";
  return exactUsd(amount, 9).replace("$", "").replace(/\.00$/, "");
}

/** 1,234. */
export function count(number) {
  return number === null || number === undefined ? "–" : Number(number).toLocaleString("en-US");
}

/** 4.2 %, signed if asked for. */
export function percent(fraction, { sign = false, places = 1 } = {}) {
  if (fraction === null) return "–";
  const size = Math.abs(fraction * 100);
  if (size >= 1000) return fraction < 0 ? `<${MINUS}999%` : ">999%";
  const text = `${size.toFixed(size >= 100 ? 0 : places)}%`;
  return (fraction < 0 ? MINUS : sign && fraction > 0 ? "+" : "") + text;
}

/** 21 Nov, or 21 Nov 2026. */
export function day(iso, { year = false } = {}) {
  if (!iso) return "–";
  const [y, m, d] = iso.split("-");
  return `${Number(d)} ${MONTHS[m - 1]}${year ? ` ${y}` : ""}`;
}

/** Nov 2026. */
export function month(iso) {
  const [y, m] = iso.split("-");
  return `${MONTHS[m - 1]} ${y}`;
}

/** The words for a period of a grain. */
export function period(row, grain) {
  if (grain === "day") return day(row.date, { year: true });
  if (grain === "month" && !row.is_partial) return month(row.date);
  if (!row.first_day) return `${month(row.date)}, so far`;
  return `${day(row.first_day)} – ${day(row.last_day, { year: true })}`;
}

/** Amounts in minor units of any currency: ¥7,520, 1.250 KWD; exponents as ISO 4217 has them. */
export function minor(amount, currency) {
  if (amount === null || amount === undefined) return "–";
  const places = { isk: 2, ugx: 2 }[currency] ?? money(currency).resolvedOptions().maximumFractionDigits;
  const parts = money(currency).formatToParts(0);
  const number = digits((BigInt(amount) < 0n ? -BigInt(amount) : BigInt(amount)) * 10n ** BigInt(9 - places), places);
  const symbol = parts.find(({ type }) => type === "currency").value;
  return signed(BigInt(amount), symbol.length > 2 ? `${number} ${symbol}` : `${symbol}${number}`);
}

function money(currency) {
  return new Intl.NumberFormat("en-US", { style: "currency", currency });
}

/** The words below an axis. */
export function tick(iso, grain) {
  if (grain !== "month") return day(iso);
  return iso.slice(5, 7) === "01" ? iso.slice(0, 4) : MONTHS[Number(iso.slice(5, 7)) - 1];
}

/** 22 Nov 2026, 02:14 UTC. */
export function instant(iso) {
  if (!iso) return "–";
  return `${day(iso.slice(0, 10), { year: true })}, ${iso.slice(11, 16)} UTC`;
}

/** 12 min, 3 h, 2 days. */
export function elapsed(milliseconds) {
  const minutes = Math.max(0, Math.round(milliseconds / 60000));
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.round(minutes / 60)} h`;
  return `${Math.round(minutes / 1440)} days`;
}

/** KLING_V1 stays, past_due becomes Past due. */
export function words(name) {
  if (!name) return "–";
  if (name !== name.toLowerCase()) return name;
  const text = name.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Words as a sentence of their own: a capital at the beginning, a full stop at the end. */
export function sentence(words) {
  return words.charAt(0).toUpperCase() + words.slice(1) + (/[.!?]$/.test(words) ? "" : ".");
}
