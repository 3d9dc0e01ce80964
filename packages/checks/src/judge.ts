/** Judges numbers by conditions. Pure. */

import { holds } from "@kintsugi/config/condition-holds";
import type { Condition, Metric } from "@kintsugi/config/model";
import type { CheckResult, MetricResult } from "@kintsugi/events/canary";
import { nameSome } from "@kintsugi/events/name-some";
import { needsEntities } from "./compile.ts";
import { showAgainst, showCondition, showLimit } from "./show-value.ts";

/** What the warehouse said for one metric. */
export type Measured = {
  readonly value: number | null;
  /** The number per due entity, where the metric is judged so; one that is missing here has no row. */
  readonly byEntity?: ReadonlyMap<string, number>;
};

export type Expectation = {
  /** How many entities are due; undefined without a calendar or without a day. */
  readonly expected: number | undefined;
  readonly due: readonly string[];
};

type Entity = NonNullable<MetricResult["entities"]>[number];

const MAX_ENTITIES = 50;

export function judgeMetric(metric: Metric, measured: Measured, expectation: Expectation): MetricResult {
  const { value } = measured;
  const { expected } = expectation;
  const base = { name: metric.name, actual: value, expected: showCondition(metric.fail ?? metric.warn!, expected) };
  if (value === null)
    return expected === 0 ? { ...base, verdict: "ok" } : { ...base, verdict: "finding", reason: "no value where a number was needed" };
  for (const [condition, verdict] of [[metric.fail, "finding"] as const, [metric.warn, "warn"] as const]) {
    if (condition === undefined) continue;
    const entities = needsEntities(metric) ? thinEntities(condition, measured, expectation) : [];
    if (!holds(condition, value, expected) && entities.length === 0) continue;
    const reason = reasonOf(condition, value, expected, entities);
    return { ...base, expected: showCondition(condition, expected), verdict, reason, ...entitiesOf(entities) };
  }
  return { ...base, verdict: "ok" };
}

/** Per entity the condition is judged with expected = 1. */
function thinEntities(condition: Condition, { byEntity }: Measured, { due }: Expectation): readonly Entity[] {
  if (byEntity === undefined || condition.op === "outside" || !condition.timesExpected) return [];
  return due
    .map((id) => ({ id, actual: byEntity.get(id) ?? 0 }))
    .filter(({ actual }) => holds(condition, actual, 1))
    .map((entity) => ({ ...entity, state: byEntity.has(entity.id) ? "thin" : "missing" }));
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
function reasonOf(condition: Condition, value: number, expected: number | undefined, entities: readonly Entity[]): string {
  const such = (state: Entity["state"]): readonly Entity[] => entities.filter((entity) => entity.state === state);
  const thin = named(
    wrongWith(condition),
    such("thin").map(({ id, actual }) => `${id} (${actual})`),
  );
  const missing = named(
    "missing",
    such("missing").map(({ id }) => id),
  );
  if (!holds(condition, value, expected)) return [...thin, ...missing, `each ${needOf(condition)}`].join(", ");
  const shown = showAgainst(condition, value, expected);
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
function needOf(condition: Condition): string {
  const limit = showLimit(condition, 1);
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
