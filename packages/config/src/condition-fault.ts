/** Why a condition could never tell good from bad: it compares with another unit, or it holds always or never. Pure. */

import type { Aggregate, Condition, HistoryCondition } from "./model.ts";
import { conditionUnit, isHistoric, type Unit } from "./units.ts";

/** What a value can be. A count and what is expected are whole numbers; ages are seconds. */
type Domain = {
  readonly low: number;
  readonly high: number;
  readonly isWhole?: boolean;
  readonly units: readonly Unit[];
  /** What a condition that compares with another unit is told. */
  readonly wants?: string;
};

const ANY: Domain = { low: -Infinity, high: Infinity, units: ["number", "percentage", "duration", "expected"] };
const COUNT: Domain = {
  low: 0,
  high: Infinity,
  isWhole: true,
  units: ["number", "expected"],
  wants: "a count, so it needs a number such as 5",
};
const SHARE: Domain = { low: 0, high: 1, units: ["percentage", "number"], wants: "a share, so it needs a percentage such as 5%" };
const AGE: Domain = { low: 0, high: Infinity, units: ["duration"], wants: "an age, so it needs a duration such as 24h" };

const domains: Partial<Record<Aggregate, Domain>> = {
  count: COUNT,
  count_distinct: COUNT,
  null_count: COUNT,
  duplicate_count: COUNT,
  null_rate: SHARE,
  zero_rate: SHARE,
  age: AGE,
  stddev: { ...ANY, low: 0 },
};

/** Fewer earlier values tell nothing. */
export const FEWEST_EARLIER = 3;
/** What a warehouse can be asked for with each run. */
const MOST_DAYS_BACK = 366;

export type ConditionFault =
  /** It looks back further than a year. */
  | { readonly reason: "far" }
  | { readonly reason: "unit"; readonly wants: string }
  /** It can never fail, or never pass. */
  | { readonly reason: "never" | "always" };

/** @param aggregate undefined for a column of a statement, which may be anything */
export function conditionFault(condition: Condition, aggregate: Aggregate | undefined): ConditionFault | undefined {
  const domain = (aggregate === undefined ? undefined : domains[aggregate]) ?? ANY;
  if (isHistoric(condition)) return historyFault(condition, domain);
  // A range of ages may also be given in seconds.
  const isSeconds = domain === AGE && condition.op === "outside" && conditionUnit(condition) === "number";
  if (!domain.units.includes(conditionUnit(condition)) && !isSeconds) return { reason: "unit", wants: domain.wants ?? "" };
  if (condition.op === "outside") return rangeFault(condition, domain);
  const { op, value, timesExpected } = condition;
  const isImpossible = value < domain.low || value > domain.high || (domain.isWhole === true && !timesExpected && !Number.isInteger(value));
  const holds: Record<typeof op, readonly [never: boolean, always: boolean]> = {
    "<": [value <= domain.low, value > domain.high],
    "<=": [value < domain.low, value >= domain.high],
    ">": [value >= domain.high, value < domain.low],
    ">=": [value > domain.high, value <= domain.low],
    "=": [isImpossible, false],
    "!=": [false, isImpossible],
  };
  const [never, always] = holds[op];
  return never ? { reason: "never" } : always ? { reason: "always" } : undefined;
}

function historyFault(condition: HistoryCondition, domain: Domain): ConditionFault | undefined {
  const { stepDays, count } = condition.history;
  if (domain === AGE) return { reason: "unit", wants: AGE.wants ?? "" };
  if (stepDays * count > MOST_DAYS_BACK) return { reason: "far" };
  if (count < FEWEST_EARLIER) return { reason: "never" };
  if (condition.op === "outside" || condition.share !== 0 || domain.low !== 0) return undefined;
  return condition.op === "<" ? { reason: "never" } : condition.op === ">=" ? { reason: "always" } : undefined;
}

function rangeFault({ low, high }: { readonly low: number; readonly high: number }, domain: Domain): ConditionFault | undefined {
  const [least, most] = [Math.max(low, domain.low), Math.min(high, domain.high)];
  if (low > high || least > most || (domain.isWhole === true && Math.ceil(least) > most)) return { reason: "always" };
  return least === domain.low && most === domain.high ? { reason: "never" } : undefined;
}
