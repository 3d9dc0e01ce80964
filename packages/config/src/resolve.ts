/** From the file's form to what it means, with every default in place. What contradicts itself is in verify.ts. */

import { dirname, resolve as resolvePath } from "node:path";
import { defaultIncidents, defaultPatterns, defaultSchedules } from "./defaults.ts";
import { definedOnly } from "./defined-only.ts";
import type { ConfigForm, PatternForm } from "./form.ts";
import type { Calendar, Config, Drift, Gate, IncidentPolicy, Runtime, Schedules, WarehouseConfig } from "./model.ts";
import { healerOf, patternOf } from "./resolve-healing.ts";
import { policyOf } from "./resolve-incidents.ts";
import { receiverOf, slackOf } from "./resolve-messages.ts";
import { phasesOf } from "./resolve-phases.ts";
import { durationMs, sizeBytes } from "./units.ts";

const DEFAULT_MAX_BYTES = 1e9;

/** Makes a path of the file absolute. */
type At = (path: string) => string;

export function resolveConfig(form: ConfigForm, file: string, hidden: readonly string[]): Config {
  const directory = dirname(file);
  const at: At = (path) => resolvePath(directory, path);
  const incidents = policyOf(form.incidents, defaultIncidents);
  return {
    file,
    directory,
    pipeline: form.pipeline,
    timezone: form.timezone,
    runtime: runtimeOf(form.runtime ?? { local: ".kintsugi" }, at),
    ...(form.warehouse === undefined ? {} : { warehouse: warehouseOf(form.warehouse, at) }),
    ...(form.calendar === undefined ? {} : { calendar: calendarOf(form.calendar) }),
    phases: phasesOf(form.phases ?? {}, incidents),
    gates: Object.entries(form.gates ?? {}).map(([name, gate]) => gateOf(name, gate, incidents)),
    ...(form.drift === undefined ? {} : { drift: driftOf(form.drift, at, incidents) }),
    healers: Object.entries(form.healers ?? {}).map(([name, healer]) => healerOf(name, healer)),
    patterns: Object.entries(patternsIn(form)).map(([name, pattern]) => patternOf(name, pattern, incidents)),
    incidents,
    schedules: schedulesOf(form.schedules ?? {}),
    slack: slackOf(form.slack ?? {}),
    receivers: Object.entries(form.receivers ?? {}).map(([name, receiver]) => receiverOf(name, receiver)),
    hidden,
  };
}

function runtimeOf(form: NonNullable<ConfigForm["runtime"]>, at: At): Runtime {
  return "local" in form ? { kind: "local", folder: at(form.local) } : { kind: "gcp", dataset: "kintsugi", ...definedOnly(form.gcp) };
}

function warehouseOf(form: NonNullable<ConfigForm["warehouse"]>, at: At): WarehouseConfig {
  if ("duckdb" in form) return { kind: "duckdb", path: at(form.duckdb) };
  const { project, location, max_bytes: maxBytes } = form.bigquery;
  return { kind: "bigquery", project, location, maxBytes: maxBytes === undefined ? DEFAULT_MAX_BYTES : sizeBytes(maxBytes) };
}

function calendarOf({ due_after: dueAfter, ends = "unknown", ...columns }: NonNullable<ConfigForm["calendar"]>): Calendar {
  return { ...definedOnly(columns), dueAfterMs: dueAfter === undefined ? 0 : durationMs(dueAfter), ends };
}

function gateOf(name: string, form: NonNullable<ConfigForm["gates"]>[string], incidents: IncidentPolicy): Gate {
  return {
    name,
    before: form.before,
    checks: form.checks,
    consumers: form.consumers ?? {},
    onUnknown: form.on_unknown ?? "block",
    incidents: policyOf(form.incidents, incidents),
  };
}

function driftOf(form: NonNullable<ConfigForm["drift"]>, at: At, incidents: IncidentPolicy): Drift {
  return {
    history: { git: at(form.history.git ?? "."), branch: form.history.branch ?? "main" },
    deployments: { file: at(form.deployments.file ?? "deployments.json") },
    ignore: form.ignore ?? [],
    ...(form.command === undefined ? {} : { command: form.command }),
    services: Object.entries(form.services).map(([name, service]) => ({
      name,
      paths: service.paths,
      severity: service.severity ?? "red",
      deadlineMs: service.deadline === undefined ? 0 : durationMs(service.deadline),
      expect: service.expect ?? {},
      incidents: policyOf(service.incidents, incidents),
    })),
  };
}

/** Patterns that the file gives replace the defaults as a whole; `patterns:` with nothing below it means none. */
function patternsIn({ patterns }: ConfigForm): Readonly<Record<string, PatternForm>> {
  return patterns === undefined ? defaultPatterns : (patterns ?? {});
}

function schedulesOf(form: NonNullable<ConfigForm["schedules"]>): Schedules {
  const given = Object.entries(definedOnly(form)).map(([name, period]) => [name, durationMs(period)]);
  return { ...defaultSchedules, ...(Object.fromEntries(given) as Partial<Schedules>) };
}
