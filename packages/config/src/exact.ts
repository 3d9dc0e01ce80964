/** Numbers as fractions of whole numbers: what is exactly at a threshold is seen to be there, whatever binary arithmetic makes of it. Pure. */

export type Exact = {
  readonly numerator: bigint;
  /** Above zero. */
  readonly denominator: bigint;
};

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
/** What no warehouse's number exceeds; more would only take memory. */
const MOST_EXPONENT = 400;

export const ZERO: Exact = { numerator: 0n, denominator: 1n };

/** A whole or decimal number as it is written; of a binary one, the shortest decimal that means it. Undefined for anything else. */
export function readExact(given: number | bigint | string): Exact | undefined {
  const match = DECIMAL.exec(String(given).trim());
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  if (whole + fraction === "" || Math.abs(Number(exponent)) > MOST_EXPONENT) return undefined;
  const digits = BigInt(`${sign === "-" ? "-" : ""}${whole}${fraction}`);
  const shift = Number(exponent) - fraction.length;
  return shift >= 0
    ? { numerator: digits * 10n ** BigInt(shift), denominator: 1n }
    : { numerator: digits, denominator: 10n ** BigInt(-shift) };
}

/** @throws where the number is not finite */
export function exactOf(given: number | bigint): Exact {
  const exact = readExact(given);
  if (exact === undefined) throw new RangeError(`${given} is no finite number`);
  return exact;
}

export function plus(one: Exact, other: Exact): Exact {
  return {
    numerator: one.numerator * other.denominator + other.numerator * one.denominator,
    denominator: one.denominator * other.denominator,
  };
}

export function minus(one: Exact, other: Exact): Exact {
  return plus(one, { ...other, numerator: -other.numerator });
}

export function times(one: Exact, other: Exact): Exact {
  return { numerator: one.numerator * other.numerator, denominator: one.denominator * other.denominator };
}

/** @param divisor not zero */
export function dividedBy(one: Exact, divisor: Exact): Exact {
  const sign = divisor.numerator < 0n ? -1n : 1n;
  return times(one, { numerator: sign * divisor.denominator, denominator: sign * divisor.numerator });
}

export function magnitude(one: Exact): Exact {
  return one.numerator < 0n ? { ...one, numerator: -one.numerator } : one;
}

export function compareExact(one: Exact, other: Exact): -1 | 0 | 1 {
  const [left, right] = [one.numerator * other.denominator, other.numerator * one.denominator];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The middle one, or halfway between the middle two. @param values at least one */
export function medianOf(values: readonly Exact[]): Exact {
  const sorted = values.toSorted(compareExact);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle]!;
  return sorted.length % 2 === 1 ? upper : times(plus(sorted[middle - 1]!, upper), { numerator: 1n, denominator: 2n });
}

/** The nearest with so many decimals; halves go away from zero. */
export function roundExact({ numerator, denominator }: Exact, decimals: number): Exact {
  const scale = 10n ** BigInt(decimals);
  const doubled = 2n * (numerator < 0n ? -numerator : numerator) * scale + denominator;
  const rounded = doubled / (2n * denominator);
  return { numerator: numerator < 0n ? -rounded : rounded, denominator: scale };
}

/** Without zeros at the end, and without an exponent. */
export function decimalText(exact: Exact, decimals: number): string {
  const { numerator } = roundExact(exact, decimals);
  const digits = String(numerator < 0n ? -numerator : numerator).padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const all = digits.slice(digits.length - decimals);
  let kept = all.length;
  while (all[kept - 1] === "0") kept--;
  const fraction = all.slice(0, kept);
  const sign = numerator < 0n ? "-" : "";
  return `${sign}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/** The nearest binary number. */
export function approximately({ numerator, denominator }: Exact): number {
  const direct = Number(numerator) / Number(denominator);
  return Number.isFinite(direct) ? direct : Number(decimalText({ numerator, denominator }, 20));
}
