import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import * as decimal from "../../../examples/nextjs/lib/tillhouse/decimal.ts";

interface Cases {
  /** What Python's decimal module makes of it: text, places, rounded half to even. */
  readonly rounded: [string, number, string][];
  readonly products: [string, string, string][];
  readonly sums: [string[], string][];
  /** Minor units, the currency and, by its exponent in the seed, whole units. */
  readonly minor: [number, string, string][];
}

const cases = JSON.parse(readFileSync(process.env["CASES"] as string, "utf8")) as Cases;

test("rounding is half to even", () => {
  for (const [text, places, rounded] of cases.rounded) {
    assert.equal(decimal.print(decimal.round(decimal.parse(text), places)), rounded, `${text} to ${places}`);
  }
});

test("products and sums are exact", () => {
  for (const [a, b, product] of cases.products) {
    assert.equal(decimal.print(decimal.multiply(decimal.parse(a), decimal.parse(b))), product);
  }
  for (const [texts, sum] of cases.sums) assert.equal(decimal.sum(texts), sum);
  assert.equal(decimal.sum([]), "0");
});

test("minor units are those of Stripe, for every currency of the seed", () => {
  for (const [minor, currency, text] of cases.minor) {
    assert.equal(decimal.fromMinor(minor, currency), text, currency);
  }
});

test("what is no decimal is refused, never taken for a number near it", () => {
  for (const text of ["", "1e3", "NaN", "0x10", "1.", ".5", " 1", "1,000", "+1"]) {
    assert.throws(() => decimal.parse(text), RangeError);
    assert.throws(() => decimal.formatMoney(text), RangeError);
  }
});

test("what is shown is rounded from the text itself", () => {
  assert.equal(decimal.formatMoney("5198.323832"), "$5,198.32");
  assert.equal(decimal.formatMoney("-0.125"), "-$0.12");
  assert.equal(decimal.formatMoney("12345678901234567890.125"), "$12,345,678,901,234,567,890.12");
  assert.equal(decimal.formatMoney("5000", { currency: "jpy" }), "¥5,000");
  assert.equal(decimal.formatShare("0.073333"), "7.3%");
  assert.equal(decimal.formatMoney(null), "–");
  assert.equal(decimal.formatShare(undefined), "–");
});
