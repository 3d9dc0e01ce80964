/** Judges numbers by conditions. Pure. */

import { holds } from "@kintsugi/config/condition-holds";
import type { Condition, Metric } from "@kintsugi/config/model";
import type { CheckResult, MetricResult } from "@kintsugi/events/canary";
import { needsEntities } from "./compile.ts";

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

const MAX_ENTITIES = 50;
const MAX_NAMED = 20;

export function judgeMetric(metric: Metric, measured: Measured, { expected, due }: Expectation): MetricResult {
  const { value } = measured;
  const decisive = metric.fail ?? metric.warn!;
  const base = { name: metric.name, actual: value, expected: show(decisive, expected) };
  if (value === null)
    return expected === 0 ? { ...base, verdict: "ok" } : { ...base, verdict: "finding", reason: "no value where a number was needed" };
  const thin =
    measured.byEntity === undefined || !needsEntities(metric) ? { fail: [], warn: [] } : thinEntities(metric, measured.byEntity, due);
  const fails = metric.fail !== undefined && (holds(metric.fail, value, expected) || thin.fail.length > 0);
  if (fails) return { ...base, verdict: "finding", reason: reasonOf(metric.fail, value, expected, thin.fail), ...entitiesOf(thin.fail) };
  const warns = metric.warn !== undefined && (holds(metric.warn, value, expected) || thin.warn.length > 0);
  if (warns)
    return {
      ...base,
      expected: show(metric.warn, expected),
      verdict: "warn",
      reason: reasonOf(metric.warn, value, expected, thin.warn),
      ...entitiesOf(thin.warn),
    };
  return { ...base, verdict: "ok" };
}

type Entity = NonNullable<MetricResult["entities"]>[number];

/** Per entity the condition is judged with expected = 1. */
function thinEntities(metric: Metric, byEntity: ReadonlyMap<string, number>, due: readonly string[]): { fail: Entity[]; warn: Entity[] } {
  const judged = (condition: Condition | undefined): Entity[] =>
    condition === undefined || condition.op === "outside" || !condition.timesExpected
      ? []
      : due
          .map((id) => ({ id, actual: byEntity.get(id) ?? 0 }))
          .filter(({ actual }) => holds(condition, actual, 1))
          .map((entity) => ({ ...entity, state: byEntity.has(entity.id) ? ("thin" as const) : ("missing" as const) }));
  return { fail: judged(metric.fail), warn: judged(metric.warn) };
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

function reasonOf(condition: Condition, value: number, expected: number | undefined, entities: readonly Entity[]): string {
  const names = (state: Entity["state"]): string[] => {
    const such = entities.filter((entity) => entity.state === state);
    return such.length === 0 ? [] : [`${state} ${nameSome(such.map(({ id, actual }) => (state === "thin" ? `${id} (${actual})` : id)))}`];
  };
  const parts = [...names("missing"), ...names("thin")];
  return `${round(value)} ${show(condition, expected)}${parts.length === 0 ? "" : `: ${parts.join("; ")}`}`;
}

/** What is not named is counted, so that nobody takes the named ones for all. */
export function nameSome(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return `${names.slice(0, MAX_NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function show(condition: Condition, expected: number | undefined): string {
  if (condition.op === "outside" || !condition.timesExpected || expected === undefined) return condition.text;
  return `${condition.text} (${round(condition.value * expected)})`;
}

function round(value: number): string {
  return String(Math.round(value * 10_000) / 10_000);
}
