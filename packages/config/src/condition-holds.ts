/** Whether a condition holds for a number. Pure. */

import type { Condition } from "./model.ts";

/** @param expected how many are due, for a condition that names it; a condition that does not may go without */
export function holds(condition: Condition, value: number, expected?: number): boolean {
  if (condition.op === "outside") return value < condition.low || value > condition.high;
  const limit = condition.timesExpected ? condition.value * (expected ?? 0) : condition.value;
  switch (condition.op) {
    case "<":
      return value < limit;
    case "<=":
      return value <= limit;
    case ">":
      return value > limit;
    case ">=":
      return value >= limit;
    case "=":
      return value === limit;
    case "!=":
      return value !== limit;
  }
}
