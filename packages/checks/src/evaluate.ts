/** Asks the warehouse and judges: what cannot be asked is unknown, never ok and never bad data. */

import type { Check } from "@kintsugi/config/model";
import type { CheckResult, MetricResult } from "@kintsugi/events/canary";
import type { Warehouse } from "@kintsugi/ports/warehouse";
import { type AskCalendar, calendarAsker, type CalendarDependencies } from "./ask-calendar.ts";
import { askSql } from "./ask-sql.ts";
import { askTable, type Shared, type TableAnswer } from "./ask-table.ts";
import { dayBefore } from "./business-day.ts";
import type { Expected } from "./calendar.ts";
import type { Fault } from "./fault-of.ts";
import { verdictOf } from "./judge.ts";
import { metered } from "./metered.ts";

/** One check of one day. */
export type Judged = {
  readonly check: Check;
  readonly result: CheckResult;
  /** A day that was found bad before; the check's own day comes first. */
  readonly isAgain: boolean;
  /** Of what could not be looked at. */
  readonly fault?: Fault;
};

export type Evaluation = {
  /** In the order of the checks, the days of each together. */
  readonly judged: readonly Judged[];
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

export type EvaluationRequest = CalendarDependencies & {
  readonly checks: readonly Check[];
  /** Replaces the checks' own `on`. */
  readonly day?: string | undefined;
  /** In a backfill old data are no finding. */
  readonly ignoreAge?: boolean;
  /** Which entities have a row is told too, whatever the metrics are. */
  readonly namesEntities?: boolean;
  /** Days of a check that were found bad before, to be judged again. */
  readonly badDays?: (check: Check) => readonly string[];
};

type Evaluated = Judged & { readonly look?: EntityLook };
type Asking = { readonly warehouse: Warehouse; readonly askCalendar: AskCalendar; readonly shared: Shared };
type Item = { readonly check: Check; readonly day: string | undefined; readonly isAgain: boolean };

export async function evaluateChecks(request: EvaluationRequest): Promise<Evaluation> {
  const meter = metered(request.warehouse);
  const calendar = new Map<string, Expected>();
  const ask = calendarAsker({ ...request, warehouse: meter.warehouse });
  const askCalendar: AskCalendar = async (day) => {
    const answer = await ask(day);
    if (answer !== undefined && "expected" in answer) calendar.set(day, answer.expected);
    return answer;
  };
  const asking = { warehouse: meter.warehouse, askCalendar, shared: new Map() };
  const evaluated: Evaluated[] = [];
  for (const check of request.checks) for (const item of itemsOf(request, check)) evaluated.push(await evaluateOne(request, item, asking));
  return {
    judged: evaluated,
    checks: evaluated.map(({ result }) => result),
    bytes: meter.bytes(),
    queries: meter.queries(),
    calendar,
    looks: evaluated.flatMap(({ look }) => look ?? []),
  };
}

function itemsOf(request: EvaluationRequest, check: Check): readonly Item[] {
  const day = dayOf(request, check);
  const own = { check, day, isAgain: false };
  if (day === undefined || request.badDays === undefined) return [own];
  const days = [...new Set(request.badDays(check))].filter((bad) => bad !== day).sort();
  return [own, ...days.map((bad) => ({ check, day: bad, isAgain: true }))];
}

async function evaluateOne(request: EvaluationRequest, item: Item, asking: Asking): Promise<Evaluated> {
  const { check, day, isAgain } = item;
  const dated = { phase: check.phase, check: check.name, severity: check.severity, ...(day === undefined ? {} : { day }) };
  const asked = day === undefined ? undefined : await asking.askCalendar(day);
  if (asked !== undefined && "unknown" in asked)
    return { check, isAgain, fault: asked.fault, result: { ...dated, verdict: "unknown", reason: asked.unknown, metrics: [] } };
  const expected = asked?.expected;
  const nothing = expected === undefined ? undefined : reasonForNothing(expected);
  if (nothing !== undefined)
    return { check, isAgain, result: { ...dated, verdict: "not_applicable", reason: nothing, expected: 0, metrics: [] } };
  const { metrics, withRow, fault } = await askMetrics(request, item, expected, asking);
  const looksAtEntities = request.namesEntities === true && dueFor(check, expected) !== undefined;
  return {
    check,
    isAgain,
    result: finish({ ...dated, ...(expected === undefined ? {} : { expected: expected.due.length }) }, metrics),
    ...(fault === undefined ? {} : { fault }),
    ...(looksAtEntities && day !== undefined ? { look: { day, withRow } } : {}),
  };
}

async function askMetrics(request: EvaluationRequest, item: Item, expected: Expected | undefined, asking: Asking): Promise<TableAnswer> {
  const { check, day, isAgain } = item;
  if (check.kind === "sql") return await askSql(asking.warehouse, check, day);
  const { nowMs, namesEntities = false, ignoreAge = false } = request;
  const why = isAgain ? "age is judged for the newest day alone" : ignoreAge ? "age does not apply to a backfill" : undefined;
  const wanted = check.metrics.filter(({ aggregate }) => why === undefined || aggregate !== "age");
  const skipped = check.metrics.filter((metric) => !wanted.includes(metric)).map(({ name }) => withoutAge(name, why));
  const question = { check, metrics: wanted, day, entities: dueFor(check, expected), nowMs, namesEntities };
  const answer = await askTable(asking.warehouse, question, expected, asking.shared);
  return { ...answer, metrics: [...answer.metrics, ...skipped] };
}

function dueFor(check: Check, expected: Expected | undefined): readonly string[] | undefined {
  return check.kind === "table" && check.entity !== undefined ? expected?.due : undefined;
}

/** The business day that is looked at; undefined where all rows are. */
function dayOf({ day, nowMs, config }: EvaluationRequest, check: Check): string | undefined {
  if (!isAboutDays(check)) return undefined;
  if (day !== undefined) return day;
  return check.on === "any" ? undefined : dayBefore(nowMs, config.timezone, check.on.daysAgo);
}

/** A statement without `@day` is the same on every day. */
function isAboutDays(check: Check): boolean {
  return check.kind === "table" ? check.day !== undefined : check.on !== "any";
}

function reasonForNothing({ listed, due }: Expected): string | undefined {
  if (listed.length === 0) return "nothing expected";
  return due.length === 0 ? "not due yet" : undefined;
}

function withoutAge(name: string, reason: string | undefined): MetricResult {
  return { name, verdict: "not_applicable", actual: null, ...(reason === undefined ? {} : { reason }) };
}

function finish(base: Omit<CheckResult, "verdict" | "metrics" | "reason">, metrics: readonly MetricResult[]): CheckResult {
  const verdict = verdictOf(metrics);
  const reason = metrics.find((metric) => metric.verdict === verdict && metric.reason !== undefined)?.reason;
  return { ...base, verdict, ...(reason === undefined ? {} : { reason }), metrics: [...metrics] };
}
