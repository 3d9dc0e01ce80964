/** A metric's own earlier values, and what a condition makes of them. Pure. */

import { type Bound, boundOf } from "@kintsugi/config/condition-holds";
import { FEWEST_EARLIER } from "@kintsugi/config/condition-fault";
import { type Exact, exactOf, magnitude, medianOf, minus, plus, times } from "@kintsugi/config/exact";
import type { Condition, History, HistoryCondition, Metric } from "@kintsugi/config/model";
import { isHistoric } from "@kintsugi/config/units";
import { shiftDay } from "./business-day.ts";

/** The values that a metric had on the days of a history before the judged day. */
export type Earlier = (history: History) => readonly Exact[];

export type Compared = { readonly bound: Bound } | { readonly tooLittle: string };

/** Of the median absolute deviation: that of a normal distribution. Source: Hampel (1974), "The influence curve". */
const DEVIATIONS_PER_MAD: Exact = { numerator: 14_826n, denominator: 10_000n };

/** The days of a history, the latest first. */
export function daysBefore(day: string, { stepDays, count }: History): readonly string[] {
  return Array.from({ length: count }, (_, index) => shiftDay(day, -stepDays * (index + 1)));
}

export function historiesOf({ warn, fail }: Metric): readonly History[] {
  return [warn, fail].flatMap((condition) => (condition !== undefined && isHistoric(condition) ? condition.history : []));
}

export function compareWith(condition: Condition, expected: number | undefined, earlier: Earlier): Compared {
  if (!isHistoric(condition)) return { bound: boundOf(condition, expected) };
  const values = earlier(condition.history);
  if (values.length < FEWEST_EARLIER) return { tooLittle: `too little history (${values.length} of ${FEWEST_EARLIER})` };
  return { bound: boundOfEarlier(condition, values) };
}

function boundOfEarlier(condition: HistoryCondition, values: readonly Exact[]): Bound {
  const median = medianOf(values);
  if (condition.op !== "outside") return { op: condition.op, limit: times(median, exactOf(condition.share)) };
  const mad = medianOf(values.map((value) => magnitude(minus(value, median))));
  const distance = times(times(mad, DEVIATIONS_PER_MAD), exactOf(condition.sigmas));
  return { op: "outside", low: minus(median, distance), high: plus(median, distance) };
}
