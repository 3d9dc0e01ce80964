/** From the file's form to what it means, with every default in place. What contradicts itself is in verify.ts. */

import { dirname, resolve as resolvePath } from "node:path";
import { defaultChannels, defaultHealer, defaultIncidents, defaultPatterns, defaultSchedules } from "./defaults.ts";
import type { CheckForm, ConfigForm, IncidentsForm, MetricForm, PatternForm } from "./form.ts";
import {
  aggregates,
  type Check,
  type Config,
  type DayRule,
  type Healer,
  type IncidentPolicy,
  type Metric,
  type Pattern,
  type Schedules,
} from "./model.ts";
import { durationMs, parseCondition, percentRatio, sizeBytes } from "./units.ts";

const DEFAULT_MAX_BYTES = 1e9;

export function resolveConfig(form: ConfigForm, file: string): Config {
  const directory = dirname(file);
  const at = (path: string): string => resolvePath(directory, path);
  const incidents = policyOf(form.incidents, defaultIncidents);
  const { runtime, warehouse, calendar, drift } = form;
  return {
    file,
    directory,
    pipeline: form.pipeline,
    timezone: form.timezone,
    runtime:
      runtime === undefined || "local" in runtime
        ? { kind: "local", folder: at(runtime?.local ?? ".kintsugi") }
        : { kind: "gcp", dataset: "kintsugi", ...definedOnly(runtime.gcp) },
    ...(warehouse === undefined
      ? {}
      : { warehouse: "duckdb" in warehouse ? { kind: "duckdb", path: at(warehouse.duckdb) } : bigqueryOf(warehouse.bigquery) }),
    ...(calendar === undefined
      ? {}
      : {
          calendar: { ...omit(calendar, "due_after"), dueAfterMs: calendar.due_after === undefined ? 0 : durationMs(calendar.due_after) },
        }),
    phases: Object.entries(form.phases ?? {}).map(([name, phase], index, all) => ({
      name,
      title: phase?.title ?? name,
      after: phase?.after ?? (index === 0 ? [] : [all[index - 1]![0]]),
      ...(phase?.runbook === undefined ? {} : { runbook: phase.runbook }),
      checks: Object.entries(phase?.checks ?? {}).map(([check, given]) => checkOf(name, check, given, incidents)),
    })),
    gates: Object.entries(form.gates ?? {}).map(([name, gate]) => ({
      name,
      before: gate.before,
      checks: gate.checks,
      consumers: gate.consumers ?? {},
      onUnknown: gate.on_unknown ?? "block",
      incidents: policyOf(gate.incidents, incidents),
    })),
    ...(drift === undefined
      ? {}
      : {
          drift: {
            history: { git: at(drift.history.git ?? "."), branch: drift.history.branch ?? "main" },
            deployments: { file: at(drift.deployments.file ?? "deployments.json") },
            ignore: drift.ignore ?? [],
            ...(drift.command === undefined ? {} : { command: drift.command }),
            services: Object.entries(drift.services).map(([name, service]) => ({
              name,
              paths: service.paths,
              severity: service.severity ?? "red",
              deadlineMs: service.deadline === undefined ? 0 : durationMs(service.deadline),
              expect: service.expect ?? {},
              incidents: policyOf(service.incidents, incidents),
            })),
          },
        }),
    healers: Object.entries(form.healers ?? {}).map(([name, healer]) => healerOf(name, healer)),
    patterns: Object.entries(form.patterns === undefined ? defaultPatterns : (form.patterns ?? {})).map(([name, pattern]) =>
      patternOf(name, pattern as PatternForm, incidents),
    ),
    incidents,
    schedules: { ...defaultSchedules, ...(mapValues(form.schedules ?? {}, durationMs) as Partial<Schedules>) },
    slack: {
      ...(form.slack?.token === undefined || form.slack.token === "" ? {} : { token: form.slack.token }),
      channels: { ...defaultChannels, ...definedOnly(form.slack?.channels ?? {}) },
      repairs: form.slack?.repairs ?? "daily",
    },
  };
}

function bigqueryOf(form: { project: string; location: string; max_bytes?: string | undefined }): NonNullable<Config["warehouse"]> {
  return {
    kind: "bigquery",
    project: form.project,
    location: form.location,
    maxBytes: form.max_bytes === undefined ? DEFAULT_MAX_BYTES : sizeBytes(form.max_bytes),
  };
}

function policyOf(form: IncidentsForm | undefined, base: IncidentPolicy): IncidentPolicy {
  return {
    openAfter: form?.open_after ?? base.openAfter,
    closeAfter: form?.close_after ?? base.closeAfter,
    unknownAfter: form?.unknown_after ?? base.unknownAfter,
    remindMs: form?.remind === undefined ? base.remindMs : durationMs(form.remind),
  };
}

function checkOf(phase: string, name: string, form: CheckForm, incidents: IncidentPolicy): Check {
  const base = {
    phase,
    name,
    severity: form.severity ?? "red",
    metrics: Object.entries(form.metrics).map(([metric, given]) => metricOf(metric, given)),
    incidents: policyOf(form.incidents, incidents),
  } as const;
  if (form.sql !== undefined) return { ...base, kind: "sql", sql: form.sql };
  return {
    ...base,
    kind: "table",
    table: form.table ?? "",
    ...(form.day === undefined ? {} : { day: form.day }),
    on: form.day === undefined ? "any" : dayRule(form.on ?? "yesterday"),
    ...(form.entity === undefined ? {} : { entity: form.entity }),
    ...(form.where === undefined ? {} : { where: form.where }),
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

function healerOf(name: string, form: NonNullable<ConfigForm["healers"]>[string]): Healer {
  const ms = (text: string | undefined, fallback: number): number => (text === undefined ? fallback : durationMs(text));
  const { limits } = defaultHealer;
  return {
    name,
    batches: form.batches,
    fields: { ...defaultHealer.fields, ...definedOnly(form.fields ?? {}) },
    stalledAfterMs: ms(form.stalled_after, defaultHealer.stalledAfterMs),
    completeAt: form.complete_at === undefined ? defaultHealer.completeAt : percentRatio(form.complete_at),
    maxAgeMs: ms(form.max_age, defaultHealer.maxAgeMs),
    reasons: { permanent: form.reasons?.permanent ?? [], transient: form.reasons?.transient ?? [] },
    verify: {
      afterMs: ms(form.verify?.after, defaultHealer.verify.afterMs),
      ...(form.verify?.sql === undefined ? {} : { sql: form.verify.sql }),
    },
    limits: {
      perTarget: form.limits?.per_target ?? limits.perTarget,
      cooldownMs: ms(form.limits?.cooldown, limits.cooldownMs),
      perHour: form.limits?.per_hour ?? limits.perHour,
      blastRadius: form.limits?.blast_radius === undefined ? limits.blastRadius : percentRatio(form.limits.blast_radius),
    },
  };
}

function patternOf(name: string, form: PatternForm, incidents: IncidentPolicy): Pattern {
  const base = {
    name,
    by: form.by,
    withinMs: durationMs(form.within),
    severity: form.severity,
    incidents: policyOf(form.incidents, incidents),
  };
  if (form.count !== undefined) return { ...base, rule: { kind: "count", condition: parseCondition(form.count)! } };
  const confidence = form.confidence === undefined ? {} : { confidence: percentRatio(form.confidence) };
  return {
    ...base,
    rule: {
      kind: "failure_rate",
      condition: parseCondition(form.failure_rate ?? "> 100%")!,
      minEvents: form.min_events ?? 1,
      ...confidence,
    },
  };
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function definedOnly<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as Defined<T>;
}

function omit<T extends object, K extends keyof T>(value: T, key: K): Defined<Omit<T, K>> {
  const { [key]: _dropped, ...rest } = value;
  return definedOnly<Omit<T, K>>(rest);
}

function mapValues<T, U>(value: Readonly<Record<string, T | undefined>>, map: (item: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[key, map(item)]])));
}
