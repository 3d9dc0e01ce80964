/** A number of the warehouse, exact as far as it can be, and on which side of a limit it is. Pure. */

import { compareExact, dividedBy, type Exact, magnitude, minus, readExact, times } from "@kintsugi/config/exact";
import type { Json } from "@kintsugi/ports/json";
import { type ColumnType, otherThanNumber } from "@kintsugi/ports/column-type";

export type Value = {
  readonly exact: Exact;
  /** A sum of binary numbers may be off by so much; it is taken to be at a limit that is no further away. */
  readonly noise?: Exact;
};

/** Sums of binary numbers keep about fifteen decimal digits; three are left to what the addition loses. */
const BINARY_NOISE: Exact = { numerator: 1n, denominator: 10n ** 12n };

export function valueOf(exact: Exact): Value {
  return { exact };
}

/** @param scale the sum of the magnitudes that were added */
export function binaryValue(exact: Exact, scale: Exact): Value {
  // Whole numbers add up without loss.
  return exact.denominator === 1n ? { exact } : { exact, noise: times(magnitude(scale), BINARY_NOISE) };
}

export function divideValue({ exact, noise }: Value, divisor: Exact): Value {
  return { exact: dividedBy(exact, divisor), ...(noise === undefined ? {} : { noise: dividedBy(noise, divisor) }) };
}

/** Below zero where the value is less than the limit. */
export function compareTo({ exact, noise }: Value, limit: Exact): number {
  const isNear = noise !== undefined && compareExact(magnitude(minus(exact, limit)), noise) <= 0;
  return isNear ? 0 : compareExact(exact, limit);
}

/**
 * Null where there is none. NaN and infinities count as none, whatever the condition: answers are JSON, which cannot tell them.
 * @param name of what is read, for people
 * @throws where it is no number: a number is never read out of text
 */
export function readNumber(given: Json | undefined, name: string, type?: ColumnType): Exact | null {
  if (given === null || given === undefined) return null;
  if (typeof given === "boolean") return { numerator: given ? 1n : 0n, denominator: 1n };
  const isNumber = typeof given === "number" || type === "integer" || type === "decimal";
  const exact = isNumber ? readExact(String(given)) : undefined;
  if (exact === undefined) throw new Error(`${name} is ${otherThanNumber(type) ?? (typeof given === "string" ? "text" : "no number")}`);
  return exact;
}
