/** Whether a condition holds for a number. Pure. */

import { compareExact, type Exact, exactOf, times, ZERO } from "./exact.ts";
import type { Comparison, PlainCondition } from "./model.ts";

/** A condition with its thresholds as numbers. */
export type Bound =
  | { readonly op: Comparison; readonly limit: Exact }
  | { readonly op: "outside"; readonly low: Exact; readonly high: Exact };

/** @param expected how many are due, for a condition that names it; a condition that does not may go without */
export function holds(condition: PlainCondition, value: number, expected?: number): boolean {
  return isBeyond(boundOf(condition, expected), (limit) => compareExact(exactOf(value), limit));
}

export function boundOf(condition: PlainCondition, expected?: number): Bound {
  if (condition.op === "outside") return { op: "outside", low: exactOf(condition.low), high: exactOf(condition.high) };
  const { op, value, timesExpected } = condition;
  const factor = timesExpected ? (expected === undefined ? ZERO : exactOf(expected)) : exactOf(1);
  return { op, limit: times(exactOf(value), factor) };
}

/** @param against on which side of a limit the value is: below zero where it is less */
export function isBeyond(bound: Bound, against: (limit: Exact) => number): boolean {
  switch (bound.op) {
    case "<":
      return against(bound.limit) < 0;
    case "<=":
      return against(bound.limit) <= 0;
    case ">":
      return against(bound.limit) > 0;
    case ">=":
      return against(bound.limit) >= 0;
    case "=":
      return against(bound.limit) === 0;
    case "!=":
      return against(bound.limit) !== 0;
    case "outside":
      return against(bound.low) < 0 || against(bound.high) > 0;
  }
}
