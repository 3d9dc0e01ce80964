/** The form of kintsugi.yaml as it is written; what it means is in resolve.ts. */

import { z } from "zod";
import { SECRET_REFERENCE } from "./environment.ts";
import { aggregates } from "./model.ts";
import { CONDITION, conditionForm, DURATION, parseCondition, PERCENT, SHARE, SIZE, sizeBytes, SPAN } from "./units.ts";

/** The first fault of a text is told alone: what is empty is no duration either. */
const abort = true;
const Text = z
  .string({ error: (issue) => (typeof issue.input === "number" ? "a number stands where text is wanted: quote it" : undefined) })
  .min(1, { error: "must not be empty", abort });
const notName = "is no name: letters, digits, dashes, dots and underscores";
const Name = Text.regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, notName);
/** JavaScript's objects put keys of digits first, and the order of the phases means something. */
const PhaseName = Text.regex(/^(?!\d+$)[A-Za-z0-9][A-Za-z0-9_.-]*$/, {
  error: ({ input }) =>
    /^\d+$/.test(String(input))
      ? "has only digits, which would change the order of the phases: give it a letter, such as phase-1"
      : notName,
});
const notDuration = "is no duration such as 90s, 15m, 2h or 7d";
const Duration = Text.regex(DURATION, notDuration);
const Window = Text.regex(SPAN, {
  error: ({ input }) => (DURATION.test(String(input)) ? "is no time at all: nothing ever happens in it" : notDuration),
});
/** Less than this BigQuery never bills, and refuses as a limit. Source: "Estimate and control costs" in its documentation. */
const LEAST_BILLED_BYTES = 10 * 2 ** 20;
const MaxBytes = Text.regex(SIZE, { error: "is no size such as 500 MB or 10 GB", abort }).refine(
  (text) => sizeBytes(text) >= LEAST_BILLED_BYTES,
  "is less than 10 MiB, which BigQuery bills for any query: no query could ever run",
);
const Percent = Text.regex(SHARE, {
  error: ({ input }) => (PERCENT.test(String(input)) ? "is more than the whole" : 'is no percentage such as "40%"'),
});
const Condition = Text.regex(CONDITION, { error: `is no condition: ${conditionForm}`, abort }).refine(
  (text) => parseCondition(text) !== undefined,
  "compares with two ends of different units",
);
/** A value that stands in the contract and is not acted on yet. */
const notYet =
  (...values: readonly string[]) =>
  ({ input }: { readonly input?: unknown }): string | undefined =>
    values.includes(input as string) ? "not supported yet" : undefined;
const Severity = z.enum(["info", "yellow", "red", "critical"]);
const Columns = z.union([Text, z.array(Text).min(1)]);

/** How it must stand in the file is judged before the environment is put in; editors learn it here. */
const Secret = z.string().meta({ pattern: SECRET_REFERENCE.source });

/** What stands in the contract and is not acted on yet is refused, never ignored. */
const later = z.never({ error: "not supported yet" }).optional();

const Incidents = z.strictObject({
  open_after: z.number().int().min(1).optional(),
  close_after: z.number().int().min(1).optional(),
  unknown_after: z.number().int().min(1).optional(),
  remind: Duration.optional(),
});

const aggregateKeys = Object.fromEntries(aggregates.map((name) => [name, Columns.optional()])) as Record<
  (typeof aggregates)[number],
  z.ZodOptional<typeof Columns>
>;
const Metric = z.strictObject({ ...aggregateKeys, where: Text.optional(), warn: Condition.optional(), fail: Condition.optional() });

const Check = z.strictObject({
  table: Text.optional(),
  sql: Text.optional(),
  day: Text.optional(),
  on: Text.regex(/^(?:today|yesterday|any|[1-9]\d* days? ago)$/, "is none of yesterday, today, 2 days ago, any").optional(),
  entity: Text.optional(),
  where: Text.optional(),
  severity: Severity.optional(),
  metrics: z.record(Name, Metric),
  // No sample of a column's values is ever shown, so there is nothing more to hide.
  mask: z.array(Text).optional(),
  incidents: Incidents.optional(),
});

const Phase = z
  .strictObject({
    title: Text.optional(),
    after: z.array(Text).optional(),
    runbook: Text.optional(),
    checks: z.record(Name, Check).optional(),
  })
  .nullable();

const Healer = z.strictObject({
  batches: Text,
  fields: z
    .strictObject({ expected: Text, completed: Text, failed: Text, skipped: Text, done: Text, created: Text, updated: Text })
    .partial()
    .optional(),
  stalled_after: Duration.optional(),
  complete_at: Percent.optional(),
  max_age: Duration.optional(),
  reasons: z.strictObject({ permanent: z.array(Text).optional(), transient: z.array(Text).optional() }).optional(),
  publishes: later,
  verify: z.strictObject({ after: Duration.optional(), sql: Text.optional() }).optional(),
  limits: z
    .strictObject({
      per_target: z.number().int().min(1).optional(),
      cooldown: Duration.optional(),
      per_hour: z.number().int().min(1).optional(),
      blast_radius: Percent.optional(),
    })
    .optional(),
  mode: z.literal("auto", { error: notYet("propose", "shadow") }).optional(),
});

const Pattern = z.strictObject({
  on: z.literal("healing.completed", { error: "not supported yet; healing.completed is" }),
  by: z.enum(["healing_type", "target", "cause", "actor"]),
  count: Condition.optional(),
  failure_rate: Condition.optional(),
  min_events: z.number().int().min(1).optional(),
  confidence: Percent.optional(),
  within: Window,
  severity: Severity,
  incidents: Incidents.optional(),
});

const Service = z.strictObject({
  paths: z.array(Text).min(1),
  severity: Severity.optional(),
  deadline: Duration.optional(),
  expect: z.record(Text, z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  incidents: Incidents.optional(),
});

const channelKinds = ["drift", "canary", "gate", "healing", "watch", "critical"] as const;
const Channel = Text.regex(/^(?:#[^\s#]+|[CGD][A-Z0-9]{6,})$/, "is no channel: #name, or an id such as C0123ABC");

export const ConfigForm = z.strictObject({
  version: z.literal(1),
  pipeline: Text.regex(/^[A-Za-z0-9-]+$/, "is no name: letters, digits and dashes"),
  timezone: Text,
  runtime: z
    .union([
      z.strictObject({ local: Text }),
      z.strictObject({ gcp: z.strictObject({ project: Text, region: Text, dataset: Text.optional() }) }),
    ])
    .optional(),
  warehouse: z
    .union([
      z.strictObject({ duckdb: Text }),
      z.strictObject({ bigquery: z.strictObject({ project: Text, location: Text, max_bytes: MaxBytes.optional() }) }),
    ])
    .optional(),
  calendar: z
    .strictObject({ table: Text, day: Text, entity: Text, where: Text.optional(), starts: Text.optional(), due_after: Duration.optional() })
    .optional(),
  phases: z.record(PhaseName, Phase).nullable().optional(),
  gates: z
    .record(
      Name,
      z.strictObject({
        before: Text,
        checks: z.array(Text).min(1),
        consumers: z.record(Text, z.enum(["block", "warn"])).optional(),
        on_unknown: z.enum(["block", "proceed"]).optional(),
        incidents: Incidents.optional(),
      }),
    )
    .optional(),
  drift: z
    .strictObject({
      history: z.strictObject({ git: Text.optional(), branch: Text.optional(), github: later }),
      deployments: z.strictObject({ file: Text.optional(), cloud_run: later }),
      ignore: z.array(Text).optional(),
      command: Text.optional(),
      services: z.record(Name, Service),
    })
    .optional(),
  healers: z.record(Name, Healer).optional(),
  patterns: z.record(Name, Pattern).nullable().optional(),
  incidents: Incidents.optional(),
  schedules: z
    .strictObject({ drift: Duration, canary: Duration, cleanup: Duration, patterns: Duration, reconcile: Duration })
    .partial()
    .optional(),
  slack: z
    .strictObject({
      token: Secret.optional(),
      signing_secret: Secret.refine((secret) => secret === "", "not supported yet").optional(),
      operators: later,
      channels: z.partialRecord(z.enum(channelKinds), Channel).optional(),
      repairs: z.enum(["daily", "off"]).optional(),
      digest: later,
    })
    .optional(),
  watch: z.strictObject({ wiring: z.literal(false, { error: "not supported yet" }).optional(), url: later }).optional(),
});

export type ConfigForm = z.infer<typeof ConfigForm>;
export type CheckForm = z.infer<typeof Check>;
export type MetricForm = z.infer<typeof Metric>;
export type PatternForm = z.infer<typeof Pattern>;
export type IncidentsForm = z.infer<typeof Incidents>;
