/** Asks the warehouse and judges: what cannot be asked is unknown, never ok and never bad data. */

import type { Check, Config, TableCheck } from "@kintsugi/config/model";
import type { CheckResult, MetricResult } from "@kintsugi/events/canary";
import { messageOf } from "@kintsugi/ports/failure";
import type { Warehouse } from "@kintsugi/ports/warehouse";
import { askSql } from "./ask-sql.ts";
import { askTable, type Shared } from "./ask-table.ts";
import { dayBefore } from "./business-day.ts";
import { type Expected, readCalendar } from "./calendar.ts";
import { verdictOf } from "./judge.ts";

export type Evaluation = {
  readonly checks: readonly CheckResult[];
  readonly bytes: number;
  readonly queries: number;
  /** What the calendar lists and what is due, by business day, as far as it was asked. */
  readonly calendar: ReadonlyMap<string, Expected>;
  /** One for each check that looks at due entities; only with `namesEntities`. */
  readonly looks: readonly EntityLook[];
};

export type EntityLook = {
  readonly day: string;
  /** The due entities that have a row; undefined where the check could not look. */
  readonly withRow: ReadonlySet<string> | undefined;
};

export type EvaluationRequest = {
  readonly config: Pick<Config, "calendar" | "timezone">;
  readonly warehouse: Warehouse;
  readonly checks: readonly Check[];
  readonly nowMs: number;
  /** Replaces the checks' own `on`. */
  readonly day?: string | undefined;
  /** In a backfill old data are no finding. */
  readonly ignoreAge?: boolean;
  /** Which entities have a row is told too, whatever the metrics are. */
  readonly namesEntities?: boolean;
};

type Asked = { readonly expected: Expected } | { readonly unknown: string };
type Evaluated = { readonly result: CheckResult; readonly look?: EntityLook };

export async function evaluateChecks(request: EvaluationRequest): Promise<Evaluation> {
  const meter = metered(request.warehouse);
  const metering = { ...request, warehouse: meter.warehouse };
  const calendars = new Map<string, Asked>();
  const shared: Shared = new Map();
  const evaluated: Evaluated[] = [];
  for (const check of request.checks) evaluated.push(await evaluateOne(metering, check, calendars, shared));
  const calendar = new Map([...calendars].flatMap(([day, asked]) => ("expected" in asked ? [[day, asked.expected] as const] : [])));
  return {
    checks: evaluated.map(({ result }) => result),
    bytes: meter.bytes(),
    queries: meter.queries(),
    calendar,
    looks: evaluated.flatMap(({ look }) => look ?? []),
  };
}

async function evaluateOne(request: EvaluationRequest, check: Check, calendars: Map<string, Asked>, shared: Shared): Promise<Evaluated> {
  const base = { phase: check.phase, check: check.name, severity: check.severity };
  if (check.kind === "sql") return { result: finish(base, await askSql(request.warehouse, check)) };
  const day = dayOf(request, check);
  const dated = { ...base, ...(day === undefined ? {} : { day }) };
  const asked = await askCalendar(request, day, calendars);
  if (asked !== undefined && "unknown" in asked) return { result: { ...dated, verdict: "unknown", reason: asked.unknown, metrics: [] } };
  const expected = asked?.expected;
  const nothing = expected === undefined ? undefined : reasonForNothing(expected);
  if (nothing !== undefined) return { result: { ...dated, verdict: "not_applicable", reason: nothing, expected: 0, metrics: [] } };
  const wanted = check.metrics.filter((metric) => !(request.ignoreAge === true && metric.aggregate === "age"));
  const skipped = check.metrics.filter((metric) => !wanted.includes(metric)).map(({ name }) => aged(name));
  const entities = check.entity === undefined ? undefined : expected?.due;
  const { nowMs, namesEntities = false } = request;
  const question = { check, metrics: wanted, day, entities, nowMs, namesEntities };
  const { metrics, withRow } = await askTable(request.warehouse, question, expected, shared);
  return {
    result: finish({ ...dated, ...(expected === undefined ? {} : { expected: expected.due.length }) }, [...metrics, ...skipped]),
    ...(namesEntities && entities !== undefined && day !== undefined ? { look: { day, withRow } } : {}),
  };
}

/** The business day that is looked at; undefined where all rows are. */
function dayOf({ day, nowMs, config }: EvaluationRequest, check: TableCheck): string | undefined {
  if (check.day === undefined) return undefined;
  if (day !== undefined) return day;
  return check.on === "any" ? undefined : dayBefore(nowMs, config.timezone, check.on.daysAgo);
}

function reasonForNothing({ listed, due }: Expected): string | undefined {
  if (listed.length === 0) return "nothing expected";
  return due.length === 0 ? "not due yet" : undefined;
}

function aged(name: string): MetricResult {
  return { name, verdict: "not_applicable", actual: null, reason: "age does not apply to a backfill" };
}

function finish(base: Omit<CheckResult, "verdict" | "metrics" | "reason">, metrics: MetricResult[]): CheckResult {
  const verdict = verdictOf(metrics);
  const reason = metrics.find((metric) => metric.verdict === verdict && metric.reason !== undefined)?.reason;
  return { ...base, verdict, ...(reason === undefined ? {} : { reason }), metrics };
}

async function askCalendar(
  { config, warehouse, nowMs }: EvaluationRequest,
  day: string | undefined,
  calendars: Map<string, Asked>,
): Promise<Asked | undefined> {
  if (config.calendar === undefined || day === undefined) return undefined;
  const before = calendars.get(day);
  if (before !== undefined) return before;
  let asked: Asked;
  try {
    asked = { expected: (await readCalendar(warehouse, config.calendar, day, nowMs)).expected };
  } catch (error) {
    asked = { unknown: `the calendar cannot be read: ${messageOf(error)}` };
  }
  calendars.set(day, asked);
  return asked;
}

function metered(warehouse: Warehouse): { warehouse: Warehouse; bytes: () => number; queries: () => number } {
  let [bytes, queries] = [0, 0];
  return {
    warehouse: {
      dialect: warehouse.dialect,
      async query(sql) {
        queries++;
        const result = await warehouse.query(sql);
        bytes += result.bytes;
        return result;
      },
    },
    bytes: () => bytes,
    queries: () => queries,
  };
}
