/** From the form of phases, checks and metrics to what they mean. */

import { namesDay } from "./day-parameter.ts";
import type { CheckForm, ConfigForm, MetricForm } from "./form.ts";
import { aggregates, type Check, type DayRule, type IncidentPolicy, type Metric, type Phase } from "./model.ts";
import { policyOf } from "./resolve-incidents.ts";
import { parseCondition } from "./units.ts";

export function phasesOf(form: NonNullable<ConfigForm["phases"]>, incidents: IncidentPolicy): readonly Phase[] {
  return Object.entries(form).map(([name, phase], index, all) => ({
    name,
    title: phase?.title ?? name,
    after: phase?.after ?? (index === 0 ? [] : [all[index - 1]![0]]),
    ...(phase?.runbook === undefined ? {} : { runbook: phase.runbook }),
    checks: Object.entries(phase?.checks ?? {}).map(([check, given]) => checkOf({ phase: name, name: check }, given, incidents)),
  }));
}

function checkOf(named: Pick<Check, "phase" | "name">, form: CheckForm, incidents: IncidentPolicy): Check {
  const base = {
    ...named,
    severity: form.severity ?? "red",
    metrics: Object.entries(form.metrics).map(([metric, given]) => metricOf(metric, given)),
    ...(form.observe === true ? { isObserved: true } : {}),
    incidents: policyOf(form.incidents, incidents),
  } as const;
  if (form.sql !== undefined)
    return { ...base, kind: "sql", sql: form.sql, on: namesDay(form.sql) ? dayRule(form.on ?? "yesterday") : "any" };
  return {
    ...base,
    kind: "table",
    table: form.table ?? "",
    ...(form.day === undefined ? {} : { day: form.day }),
    on: form.day === undefined ? "any" : dayRule(form.on ?? "yesterday"),
    ...(form.entity === undefined ? {} : { entity: form.entity }),
    ...(form.where === undefined ? {} : { where: form.where }),
    ...(form.mask === undefined ? {} : { masked: form.mask }),
  };
}

function dayRule(text: string): DayRule {
  if (text === "any") return "any";
  if (text === "today") return { daysAgo: 0 };
  return { daysAgo: text === "yesterday" ? 1 : Number.parseInt(text, 10) };
}

function metricOf(name: string, form: MetricForm): Metric {
  const aggregate = aggregates.find((candidate) => form[candidate] !== undefined);
  return {
    name,
    ...(aggregate === undefined ? {} : { aggregate }),
    columns: aggregate === undefined ? [] : [form[aggregate]!].flat(),
    ...(form.where === undefined ? {} : { where: form.where }),
    ...(form.warn === undefined ? {} : { warn: parseCondition(form.warn)! }),
    ...(form.fail === undefined ? {} : { fail: parseCondition(form.fail)! }),
  };
}
