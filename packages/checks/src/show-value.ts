/** Numbers and thresholds for people, in the unit of the condition: `3.1 % > 1 %`, `5 h 11 min > 3 h`. Pure. */

import type { Condition } from "@kintsugi/config/model";
import { conditionUnit } from "@kintsugi/config/units";
import { span } from "@kintsugi/events/span";

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;
const MOST_DECIMALS = 12;

/** A value with its condition. The value is never so rounded that what is said is false, as `3 h > 3 h` is. */
export function showAgainst(condition: Condition, value: number, expected: number | undefined): string {
  return `${showValue(condition, value, limitsOf(condition, expected))} ${showCondition(condition, expected)}`;
}

/** `< 48 (2 * expected)`, `> 1 %`, `> 3 h`. */
export function showCondition(condition: Condition, expected: number | undefined): string {
  if (condition.op === "outside") return condition.text;
  switch (conditionUnit(condition)) {
    case "expected":
      if (expected === undefined) return condition.text;
      return `${condition.op} ${showLimit(condition, expected)} (${condition.text.slice(condition.op.length).trim()})`;
    case "percentage":
    case "duration":
      return `${condition.op} ${showLimit(condition, expected)}`;
    case "number":
      return condition.text;
  }
}

/** The threshold alone. */
export function showLimit(condition: Condition, expected: number | undefined): string {
  return limitsOf(condition, expected)
    .map((limit) => showValue(condition, limit, [limit]))
    .join(" .. ");
}

function limitsOf(condition: Condition, expected: number | undefined): readonly number[] {
  if (condition.op === "outside") return [condition.low, condition.high];
  return [condition.timesExpected && expected !== undefined ? condition.value * expected : condition.value];
}

function showValue(condition: Condition, value: number, limits: readonly number[]): string {
  switch (conditionUnit(condition)) {
    case "percentage":
      return `${rounded(value * 100, { limits: limits.map((limit) => limit * 100), fewest: 1 })} %`;
    case "duration":
      return showSpan(value * SECOND_MS, { limits: limits.map((limit) => limit * SECOND_MS) });
    case "expected":
    case "number":
      return rounded(value, { limits, fewest: 4 });
  }
}

/** With as few decimals as keep the value on its side of every limit. */
function rounded(value: number, { limits, fewest }: { readonly limits: readonly number[]; readonly fewest: number }): string {
  for (let decimals = fewest; decimals <= MOST_DECIMALS; decimals++) {
    const short = Number(value.toFixed(decimals));
    if (limits.every((limit) => isSameSide(short, value, limit))) return String(short);
  }
  return String(value);
}

function showSpan(ms: number, { limits }: { readonly limits: readonly number[] }): string {
  const isTrue = (short: number): boolean => limits.every((limit) => isSameSide(short, ms, limit));
  const minutes = Math.round(ms / MINUTE_MS) * MINUTE_MS;
  if (ms >= MINUTE_MS && isTrue(minutes)) return span(minutes);
  const seconds = Math.round(ms / SECOND_MS) * SECOND_MS;
  if (!isTrue(seconds)) return `${ms / SECOND_MS} s`;
  const rest = seconds % MINUTE_MS;
  if (seconds < MINUTE_MS) return `${seconds / SECOND_MS} s`;
  if (rest === 0) return span(seconds);
  return `${span(seconds - rest)} ${rest / SECOND_MS} s`;
}

/** The limit is taken without the noise of binary arithmetic, as 0.07 * 100 has it. */
function isSameSide(short: number, value: number, limit: number): boolean {
  return Math.sign(short - Number(limit.toPrecision(MOST_DECIMALS))) === Math.sign(value - limit);
}
