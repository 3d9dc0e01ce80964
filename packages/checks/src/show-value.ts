/** Numbers and thresholds for people, in the unit of the condition: `3.1 % > 1 %`, `5 h 11 min > 3 h`. Pure. */

import type { Bound } from "@kintsugi/config/condition-holds";
import { approximately, compareExact, decimalText, type Exact, roundExact, times } from "@kintsugi/config/exact";
import type { Aggregate, Condition } from "@kintsugi/config/model";
import { conditionUnit, isHistoric, type Unit } from "@kintsugi/config/units";
import { span } from "@kintsugi/events/span";
import { compareTo, type Value, valueOf } from "./value.ts";

/** A condition as it is told: with its thresholds, as far as they are known. */
export type Told = {
  readonly condition: Condition;
  readonly bound: Bound | undefined;
  /** Undefined for a column of a statement. */
  readonly aggregate?: Aggregate | undefined;
};

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;
/** Whoever is nearer to a limit than this is told as a fraction. */
const MOST_DECIMALS = 60;

/** A value with its condition. The value is never so rounded that what is said is false, as `3 h > 3 h` is. */
export function showAgainst(told: Told, value: Value): string {
  return `${showValue(told, value, limitsOf(told.bound))} ${showCondition(told)}`;
}

/** `< 48 (2 * expected)`, `> 1 %`, `> 3 h`, `< 98 (70% of same weekday 4w)`. */
export function showCondition(told: Told): string {
  const { condition, bound } = told;
  const words = condition.text.slice(condition.op.length).trim();
  if (bound === undefined) return condition.text;
  if (isHistoric(condition)) return `${condition.op} ${showLimit(told)} (${words})`;
  if (condition.op === "outside") return condition.text;
  switch (conditionUnit(condition)) {
    case "expected":
      return `${condition.op} ${showLimit(told)} (${words})`;
    case "percentage":
    case "duration":
      return `${condition.op} ${showLimit(told)}`;
    case "number":
      return condition.text;
  }
}

/** The threshold alone. */
export function showLimit(told: Told): string {
  return limitsOf(told.bound)
    .map((limit) => showValue(told, valueOf(limit), [limit]))
    .join(" .. ");
}

function limitsOf(bound: Bound | undefined): readonly Exact[] {
  if (bound === undefined) return [];
  return bound.op === "outside" ? [bound.low, bound.high] : [bound.limit];
}

function unitOf({ condition, aggregate }: Told): Unit {
  if (!isHistoric(condition)) return conditionUnit(condition);
  return aggregate === "null_rate" || aggregate === "zero_rate" ? "percentage" : "number";
}

function showValue(told: Told, value: Value, limits: readonly Exact[]): string {
  switch (unitOf(told)) {
    case "percentage":
      return `${rounded(scaled(value, 100n), { limits: limits.map((limit) => scaledExact(limit, 100n)), fewest: 1 })} %`;
    case "duration":
      return showSpan(value, limits);
    case "expected":
    case "number":
      return rounded(value, { limits, fewest: 4 });
  }
}

function scaled({ exact, noise }: Value, factor: bigint): Value {
  return { exact: scaledExact(exact, factor), ...(noise === undefined ? {} : { noise: scaledExact(noise, factor) }) };
}

function scaledExact(exact: Exact, factor: bigint): Exact {
  return times(exact, { numerator: factor, denominator: 1n });
}

/** With as few decimals as keep the value on its side of every limit. */
function rounded(value: Value, { limits, fewest }: { readonly limits: readonly Exact[]; readonly fewest: number }): string {
  for (let decimals = fewest; decimals <= MOST_DECIMALS; decimals++) {
    const short = roundExact(value.exact, decimals);
    if (isOnSameSides(short, value, limits)) return decimalText(short, decimals);
  }
  return `${value.exact.numerator}/${value.exact.denominator}`;
}

function showSpan(value: Value, limits: readonly Exact[]): string {
  const isTrue = (ms: number): boolean => isOnSameSides({ numerator: BigInt(ms), denominator: BigInt(SECOND_MS) }, value, limits);
  const ms = approximately(value.exact) * SECOND_MS;
  const minutes = Math.round(ms / MINUTE_MS) * MINUTE_MS;
  if (ms >= MINUTE_MS && isTrue(minutes)) return span(minutes);
  const seconds = Math.round(ms / SECOND_MS) * SECOND_MS;
  if (!isTrue(seconds)) return `${rounded(value, { limits, fewest: 1 })} s`;
  const rest = seconds % MINUTE_MS;
  if (seconds < MINUTE_MS) return `${seconds / SECOND_MS} s`;
  if (rest === 0) return span(seconds);
  return `${span(seconds - rest)} ${rest / SECOND_MS} s`;
}

function isOnSameSides(short: Exact, value: Value, limits: readonly Exact[]): boolean {
  return limits.every((limit) => compareExact(short, limit) === Math.sign(compareTo(value, limit)));
}
