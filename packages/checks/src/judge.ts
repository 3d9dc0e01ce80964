/** Judges numbers by conditions. Pure. */

import { type Bound, boundOf, isBeyond } from "@kintsugi/config/condition-holds";
import { approximately, type Exact, ZERO } from "@kintsugi/config/exact";
import type { Condition, Metric, PlainCondition } from "@kintsugi/config/model";
import { isHistoric } from "@kintsugi/config/units";
import type { CheckResult, MetricResult } from "@kintsugi/events/canary";
import { nameSome } from "@kintsugi/events/name-some";
import { needsEntities } from "./compile.ts";
import { entityKey } from "./entity-key.ts";
import { compareWith, type Earlier } from "./history.ts";
import type { Measured } from "./measure.ts";
import { showAgainst, showCondition, showLimit, type Told } from "./show-value.ts";
import { compareTo, type Value, valueOf } from "./value.ts";

export type Expectation = {
  /** How many entities are due; undefined without a calendar or without a day. */
  readonly expected: number | undefined;
  readonly due: readonly string[];
  /** The metric's values of earlier days; none where no condition asks for them. */
  readonly earlier?: Earlier;
};

type Entity = NonNullable<MetricResult["entities"]>[number];

const MAX_ENTITIES = 50;

export function judgeMetric(metric: Metric, measured: Measured, expectation: Expectation): MetricResult {
  const { value } = measured;
  const { expected, earlier = () => [] } = expectation;
  const decisive = (metric.fail ?? metric.warn)!;
  const compared = compareWith(decisive, expected, earlier);
  const told = toldOf(metric, decisive, expected === undefined && namesExpected(decisive) ? undefined : boundIn(compared));
  const base = { name: metric.name, actual: value === null ? null : approximately(value.exact), expected: showCondition(told) };
  if (value === null)
    return expected === 0 ? { ...base, verdict: "ok" } : { ...base, verdict: "finding", reason: "no value where a number was needed" };
  for (const [condition, verdict] of [[metric.fail, "finding"] as const, [metric.warn, "warn"] as const]) {
    if (condition === undefined) continue;
    const bound = boundIn(compareWith(condition, expected, earlier));
    if (bound === undefined) continue;
    const entities = needsEntities(metric) ? thinEntities(condition, measured, expectation) : [];
    if (!isBeyondValue(bound, value) && entities.length === 0) continue;
    const shown = toldOf(metric, condition, bound);
    return { ...base, expected: showCondition(shown), verdict, reason: reasonOf(shown, bound, value, entities), ...entitiesOf(entities) };
  }
  return "tooLittle" in compared ? { ...base, verdict: "not_applicable", reason: compared.tooLittle } : { ...base, verdict: "ok" };
}

function toldOf({ aggregate }: Metric, condition: Condition, bound: Bound | undefined): Told {
  return { condition, bound, aggregate };
}

function boundIn(compared: ReturnType<typeof compareWith>): Bound | undefined {
  return "bound" in compared ? compared.bound : undefined;
}

function isBeyondValue(bound: Bound, value: Value): boolean {
  return isBeyond(bound, (limit) => compareTo(value, limit));
}

function namesExpected(condition: Condition): condition is Extract<PlainCondition, { timesExpected: boolean }> {
  return !isHistoric(condition) && condition.op !== "outside" && condition.timesExpected;
}

/** Per entity the condition is judged with expected = 1. */
function thinEntities(condition: Condition, { byEntity }: Measured, { due }: Expectation): readonly Entity[] {
  if (byEntity === undefined || !namesExpected(condition)) return [];
  const bound = boundOf(condition, 1);
  const countOf = (id: string): Exact => byEntity.get(entityKey(id)) ?? ZERO;
  return due
    .filter((id) => isBeyondValue(bound, valueOf(countOf(id))))
    .map((id) => ({ id, actual: approximately(countOf(id)), state: byEntity.has(entityKey(id)) ? "thin" : "missing" }));
}

function entitiesOf(entities: readonly Entity[]): { entities?: Entity[] } {
  return entities.length === 0 ? {} : { entities: entities.slice(0, MAX_ENTITIES) };
}

/** A check is a finding if a metric fails, else unknown if one could not be computed, else ok. */
export function verdictOf(metrics: readonly MetricResult[]): CheckResult["verdict"] {
  if (metrics.some(({ verdict }) => verdict === "finding")) return "finding";
  if (metrics.some(({ verdict }) => verdict === "unknown")) return "unknown";
  return metrics.length > 0 && metrics.every(({ verdict }) => verdict === "not_applicable") ? "not_applicable" : "ok";
}

/** Where all together are enough and some by themselves are not, only these are named: the total would say what is not so. */
function reasonOf(told: Told, bound: Bound, value: Value, entities: readonly Entity[]): string {
  const such = (state: Entity["state"]): readonly Entity[] => entities.filter((entity) => entity.state === state);
  const thin = named(
    wrongWith(told.condition),
    such("thin").map(({ id, actual }) => `${id} (${actual})`),
  );
  const missing = named(
    "missing",
    such("missing").map(({ id }) => id),
  );
  if (!isBeyondValue(bound, value)) return [...thin, ...missing, `each ${needOf(told)}`].join(", ");
  const shown = showAgainst(told, value);
  return entities.length === 0 ? shown : `${shown}: ${[...missing, ...thin].join("; ")}`;
}

function named(fault: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${fault} ${nameSome(names)}`];
}

/** What is wrong with an entity that has rows: one with more than it may have is not thin. */
function wrongWith({ op }: Condition): string {
  switch (op) {
    case "<":
    case "<=":
    case "outside":
      return "thin";
    case ">":
    case ">=":
      return "too many in";
    case "=":
    case "!=":
      return "wrong number in";
  }
}

/** What a condition that fails wants of each entity. */
function needOf(told: Told): string {
  const { condition } = told;
  const limit = showLimit(namesExpected(condition) ? { ...told, bound: boundOf(condition, 1) } : told);
  switch (condition.op) {
    case "<":
      return `needs ${limit}`;
    case "<=":
      return `needs more than ${limit}`;
    case ">":
      return `may have ${limit} at most`;
    case ">=":
      return `may have less than ${limit}`;
    case "=":
      return `may not have ${limit}`;
    case "!=":
      return `needs exactly ${limit}`;
    case "outside":
      return `needs ${limit}`;
  }
}
