/** The form of kintsugi.yaml as it is written; what it means is in resolve.ts. */

import { Channel, Severity } from "@kintsugi/events/fields";
import { z } from "zod";
import { healerModes } from "./healer.ts";
import { aggregates } from "./model.ts";
import {
  address,
  ChannelName,
  Condition,
  Duration,
  MaxBytes,
  Name,
  Percent,
  PhaseName,
  PlainCondition,
  ReceiverName,
  Secret,
  SlackUser,
  TargetDocument,
  Text,
  Window,
} from "./text-forms.ts";
import {
  BranchName,
  CollectionName,
  ColumnName,
  DataLocation,
  DatasetName,
  FieldName,
  MembersName,
  ProjectId,
  Region,
  TableName,
} from "./vendor-names.ts";

const Columns = z.union([ColumnName, z.array(ColumnName).min(1)]);

/** A documented key that no code acts on yet is refused, never ignored. */
const later = z.never({ error: "not supported yet" }).optional();

const Incidents = z.strictObject({
  open_after: z.number().int().min(1).optional(),
  close_after: z.number().int().min(1).optional(),
  unknown_after: z.number().int().min(1).optional(),
  remind: Duration.optional(),
  reopen: Duration.optional(),
  open_days: z.number().int().min(1).optional(),
});

const aggregateKeys = Object.fromEntries(aggregates.map((name) => [name, Columns.optional()])) as Record<
  (typeof aggregates)[number],
  z.ZodOptional<typeof Columns>
>;
const Metric = z.strictObject({ ...aggregateKeys, where: Text.optional(), warn: Condition.optional(), fail: Condition.optional() });

const Check = z.strictObject({
  table: TableName.optional(),
  sql: Text.optional(),
  day: ColumnName.optional(),
  on: Text.regex(/^(?:today|yesterday|any|[1-9]\d* days? ago)$/, "is none of yesterday, today, 2 days ago, any").optional(),
  entity: ColumnName.optional(),
  where: Text.optional(),
  severity: Severity.optional(),
  observe: z.boolean().optional(),
  metrics: z.record(Name, Metric),
  mask: z.array(ColumnName).optional(),
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
  batches: CollectionName,
  fields: z
    .strictObject({
      expected: FieldName,
      completed: MembersName,
      failed: FieldName,
      skipped: FieldName,
      done: FieldName,
      created: FieldName,
      updated: FieldName,
    })
    .partial()
    .optional(),
  stalled_after: Duration.optional(),
  complete_at: Percent.optional(),
  max_age: Duration.optional(),
  reasons: z.strictObject({ permanent: z.array(Text).optional(), transient: z.array(Text).optional() }).optional(),
  publishes: later,
  verify: z.strictObject({ after: Duration.optional(), sql: Text.optional(), document: TargetDocument.optional() }).optional(),
  limits: z
    .strictObject({
      per_target: z.number().int().min(1).optional(),
      cooldown: Duration.optional(),
      per_hour: z.number().int().min(1).optional(),
      blast_radius: Percent.optional(),
    })
    .optional(),
  mode: z.enum(healerModes).optional(),
});

const Pattern = z.strictObject({
  on: z.literal("healing.completed", { error: "not supported yet; healing.completed is" }),
  by: z.enum(["healing_type", "target", "cause", "actor"]),
  count: PlainCondition.optional(),
  failure_rate: PlainCondition.optional(),
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

const Receiver = z.strictObject({
  webhook: address("http:", "https:"),
  secret: Secret.optional(),
  min_severity: Severity.optional(),
});
export const ConfigForm = z.strictObject({
  version: z.literal(1),
  pipeline: Text.regex(/^[A-Za-z0-9-]+$/, "is no name: letters, digits and dashes"),
  timezone: Text,
  runtime: z
    .union([
      z.strictObject({ local: Text }),
      z.strictObject({ gcp: z.strictObject({ project: ProjectId, region: Region, dataset: DatasetName.optional() }) }),
    ])
    .optional(),
  warehouse: z
    .union([
      z.strictObject({ duckdb: Text }),
      z.strictObject({ bigquery: z.strictObject({ project: ProjectId, location: DataLocation, max_bytes: MaxBytes.optional() }) }),
    ])
    .optional(),
  calendar: z
    .strictObject({
      table: TableName,
      day: ColumnName,
      entity: ColumnName,
      where: Text.optional(),
      starts: ColumnName.optional(),
      due_after: Duration.optional(),
      ends: z.enum(["unknown", "nothing expected"]).optional(),
    })
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
        per_entity: later,
        incidents: Incidents.optional(),
      }),
    )
    .optional(),
  drift: z
    .strictObject({
      history: z.strictObject({ git: Text.optional(), branch: BranchName.optional(), github: later }),
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
      signing_secret: Secret.optional(),
      operators: z.array(SlackUser).min(1, "names nobody: leave it out where everyone in the channel may press buttons").optional(),
      channels: z.partialRecord(Channel, ChannelName).optional(),
      webhooks: z.record(ChannelName, address("https:")).optional(),
      repairs: z.enum(["daily", "off"]).optional(),
      digest: later,
    })
    .optional(),
  receivers: z.record(ReceiverName, Receiver).optional(),
  watch: z.strictObject({ wiring: z.literal(false, { error: "not supported yet" }).optional(), url: later }).optional(),
});

export type ConfigForm = z.infer<typeof ConfigForm>;
export type CheckForm = z.infer<typeof Check>;
export type MetricForm = z.infer<typeof Metric>;
export type PatternForm = z.infer<typeof Pattern>;
export type IncidentsForm = z.infer<typeof Incidents>;
