/** What kintsugi.yaml means, with every default in place: durations in ms, shares as ratios, paths absolute. */

import type { Channel, Severity } from "@kintsugi/events/fields";
import type { Healer } from "./healer.ts";

export type Config = {
  /** Absolute path of the file; its folder is what relative paths are relative to. */
  readonly file: string;
  readonly directory: string;
  readonly pipeline: string;
  /** IANA zone of the business day. */
  readonly timezone: string;
  readonly runtime: Runtime;
  readonly warehouse?: WarehouseConfig;
  readonly calendar?: Calendar;
  /** In the order of the file. */
  readonly phases: readonly Phase[];
  readonly gates: readonly Gate[];
  readonly drift?: Drift;
  readonly healers: readonly Healer[];
  readonly patterns: readonly Pattern[];
  readonly incidents: IncidentPolicy;
  readonly schedules: Schedules;
  readonly slack: Slack;
  /** Who is told besides Slack, in the order of the file. */
  readonly receivers: readonly Receiver[];
  /** What the environment gave and nobody shall read anywhere, the longest first. */
  readonly hidden: readonly string[];
};

export type Runtime =
  | { readonly kind: "local"; readonly folder: string }
  | { readonly kind: "gcp"; readonly project: string; readonly region: string; readonly dataset: string };

export type WarehouseConfig =
  | { readonly kind: "duckdb"; readonly path: string }
  | { readonly kind: "bigquery"; readonly project: string; readonly location: string; readonly maxBytes: number };

export type Calendar = {
  readonly table: string;
  readonly day: string;
  readonly entity: string;
  readonly where?: string;
  /** Without it every listed entity is due. */
  readonly starts?: string;
  readonly dueAfterMs: number;
  /** What a day after the calendar's last row means. */
  readonly ends: "unknown" | "nothing expected";
};

export type Phase = {
  readonly name: string;
  readonly title: string;
  /** Phases right before this one. */
  readonly after: readonly string[];
  readonly runbook?: string;
  readonly checks: readonly Check[];
};

export type Check = TableCheck | SqlCheck;

type CheckBase = {
  readonly phase: string;
  readonly name: string;
  readonly severity: Severity;
  readonly metrics: readonly Metric[];
  /** On trial: judged, recorded and shown; never an incident. */
  readonly isObserved?: boolean;
  readonly incidents: IncidentPolicy;
};

export type TableCheck = CheckBase & {
  readonly kind: "table";
  readonly table: string;
  readonly day?: string;
  readonly on: DayRule;
  readonly entity?: string;
  readonly where?: string;
  /** Columns whose values no sample row shows. */
  readonly masked?: readonly string[];
};

export type SqlCheck = CheckBase & {
  readonly kind: "sql";
  /** Unless `on` is any, with `@day` where the judged day stands. */
  readonly sql: string;
  readonly on: DayRule;
};

/** How many days before the business day of now; `any` looks at all rows. */
export type DayRule = { readonly daysAgo: number } | "any";

export const aggregates = [
  "count",
  "count_distinct",
  "null_count",
  "null_rate",
  "zero_rate",
  "duplicate_count",
  "min",
  "max",
  "avg",
  "sum",
  "stddev",
  "age",
] as const;
export type Aggregate = (typeof aggregates)[number];

export type Metric = {
  readonly name: string;
  /** Undefined for a column of an `sql` check. */
  readonly aggregate?: Aggregate;
  /** `["*"]` for count; several columns for duplicate_count alone. */
  readonly columns: readonly string[];
  readonly where?: string;
  readonly warn?: Condition;
  readonly fail?: Condition;
};

export type Comparison = "<" | "<=" | ">" | ">=" | "=" | "!=";

/** When it holds, the metric warns or fails. Ages in seconds, rates 0..1. */
export type Condition = PlainCondition | HistoryCondition;

export type PlainCondition =
  | { readonly op: Comparison; readonly value: number; readonly timesExpected: boolean; readonly text: string }
  | { readonly op: "outside"; readonly low: number; readonly high: number; readonly text: string };

/** Against the metric's own values of earlier days: a share of their median, or so many robust deviations from it. */
export type HistoryCondition =
  | { readonly op: Comparison; readonly share: number; readonly history: History; readonly text: string }
  | { readonly op: "outside"; readonly sigmas: number; readonly history: History; readonly text: string };

/** So many days before the judged one: each day, or each seventh. */
export type History = { readonly stepDays: 1 | 7; readonly count: number };

export type Gate = {
  readonly name: string;
  /** The phase that it guards. */
  readonly before: string;
  /** `phase.check` */
  readonly checks: readonly string[];
  readonly consumers: Readonly<Record<string, "block" | "warn">>;
  readonly onUnknown: "block" | "proceed";
  readonly incidents: IncidentPolicy;
};

export type Drift = {
  readonly history: { readonly git: string; readonly branch: string };
  readonly deployments: { readonly file: string };
  readonly ignore: readonly string[];
  /** With `{service}`; shown, never run. */
  readonly command?: string;
  readonly services: readonly DriftService[];
};

export type DriftService = {
  readonly name: string;
  readonly paths: readonly string[];
  readonly severity: Severity;
  readonly deadlineMs: number;
  readonly expect: Readonly<Record<string, string | number | boolean | null>>;
  readonly incidents: IncidentPolicy;
};

export type Pattern = {
  readonly name: string;
  readonly by: "healing_type" | "target" | "cause" | "actor";
  readonly withinMs: number;
  readonly severity: Severity;
  readonly rule:
    | { readonly kind: "count"; readonly condition: PlainCondition }
    | { readonly kind: "failure_rate"; readonly condition: PlainCondition; readonly minEvents: number; readonly confidence?: number };
  readonly incidents: IncidentPolicy;
};

export type IncidentPolicy = {
  readonly openAfter: number;
  readonly closeAfter: number;
  readonly unknownAfter: number;
  readonly remindMs: number;
  /** Opening again within this of its resolution is the same incident. */
  readonly reopenMs: number;
  /** How long a bad day is judged again. */
  readonly openDaysMs: number;
};

/** Periods in ms, aligned to the clock in UTC. */
export type Schedules = {
  readonly drift: number;
  readonly canary: number;
  readonly cleanup: number;
  readonly patterns: number;
  readonly reconcile: number;
};

export type Slack = {
  /** Never logged. */
  readonly token?: string;
  /** Tells whether a click on a button comes from Slack. Never logged. */
  readonly signingSecret?: string;
  /** Ids of the users who may press buttons; everyone in the channel when there is none. */
  readonly operators?: readonly string[];
  readonly channels: Readonly<Record<Channel, string>>;
  /** From the name of a channel to the address that posts to it, used when there is no token. Never logged. */
  readonly webhooks: Readonly<Record<string, string>>;
  readonly repairs: "daily" | "off";
};

export type Receiver = {
  readonly name: string;
  /** Never logged. */
  readonly url: string;
  /** What a message is signed with. Never logged. */
  readonly secret?: string;
  readonly minSeverity: Severity;
};
