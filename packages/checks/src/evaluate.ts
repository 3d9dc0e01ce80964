/** Asks the warehouse and judges: what cannot be asked is unknown, never ok and never bad data. */

import type { Check } from "@kintsugi/config/model";
import type { CheckResult, MetricResult } from "@kintsugi/events/canary";
import { type CalendarAnswer, calendarAsker, type CalendarDependencies } from "./ask-calendar.ts";
import { askSql } from "./ask-sql.ts";
import { type AskedTables, askTables } from "./ask-tables.ts";
import { dayBefore } from "./business-day.ts";
import type { Expected } from "./calendar.ts";
import { entityKey } from "./entity-key.ts";
import type { Fault } from "./fault-of.ts";
import { verdictOf } from "./judge.ts";
import { metered } from "./metered.ts";
import { columnAsker } from "./table-columns.ts";
import { earlierDays, type TableItem } from "./table-groups.ts";

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
  /** What the calendar lists and what is due, by judged day, as far as it was asked. */
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
  /** A finding of a check's own day carries rows that it is about. */
  readonly showsRows?: boolean;
  /** Days of a check that were found bad before, to be judged again. */
  readonly badDays?: (check: Check) => readonly string[];
};

type Evaluated = Judged & { readonly look?: EntityLook };
type Dated = { readonly check: Check; readonly day: string | undefined; readonly isAgain: boolean };
type Calendar = ReadonlyMap<string, CalendarAnswer>;

export async function evaluateChecks(given: EvaluationRequest): Promise<Evaluation> {
  const meter = metered(given.warehouse);
  const askColumns = columnAsker(meter.warehouse);
  const request = { ...given, warehouse: meter.warehouse, askColumns };
  // All at once: each is a call of its own, and nobody waits for more than the slowest.
  void Promise.allSettled(tablesOf(request).map(askColumns));
  const dated = request.checks.flatMap((check) => datedOf(request, check));
  const days = dated.flatMap(({ day }) => day ?? []);
  const calendar = await calendarAsker(request)([...days, ...dated.flatMap(earlierDays)]);
  const open = dated.filter((one) => settledBy(one, calendar) === undefined);
  const tables = await askTables(
    request,
    open.flatMap((one) => tableItem(request, one, calendar)),
    calendar,
  );
  const evaluated: Evaluated[] = [];
  for (const one of dated) evaluated.push(settledBy(one, calendar) ?? (await judgeOne(request, one, { calendar, tables })));
  return {
    judged: evaluated,
    checks: evaluated.map(({ result }) => result),
    bytes: meter.bytes(),
    queries: meter.queries(),
    calendar: new Map([...new Set(days)].flatMap((day) => expectedOn(calendar, day).map((expected) => [day, expected] as const))),
    looks: evaluated.flatMap(({ look }) => look ?? []),
  };
}

function tablesOf({ config, checks }: EvaluationRequest): readonly string[] {
  const isDated = checks.some(isAboutDays);
  const calendar = isDated && config.calendar !== undefined ? [config.calendar.table] : [];
  return [...new Set([...calendar, ...checks.flatMap((check) => (check.kind === "table" ? check.table : []))])];
}

function datedOf(request: EvaluationRequest, check: Check): readonly Dated[] {
  const day = dayOf(request, check);
  const own = { check, day, isAgain: false };
  if (day === undefined || request.badDays === undefined) return [own];
  const days = [...new Set(request.badDays(check))].filter((bad) => bad !== day).sort();
  return [own, ...days.map((bad) => ({ check, day: bad, isAgain: true }))];
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

function expectedOn(calendar: Calendar, day: string | undefined): readonly Expected[] {
  const answer = day === undefined ? undefined : calendar.get(day);
  return answer !== undefined && "expected" in answer ? [answer.expected] : [];
}

/** What the calendar alone says of a check; undefined where the data are to be looked at. */
function settledBy({ check, day, isAgain }: Dated, calendar: Calendar): Judged | undefined {
  const answer = day === undefined ? undefined : calendar.get(day);
  if (answer === undefined) return undefined;
  const base = baseOf(check, day);
  if ("unknown" in answer)
    return { check, isAgain, fault: answer.fault, result: { ...base, verdict: "unknown", reason: answer.unknown, metrics: [] } };
  const nothing = reasonForNothing(answer.expected);
  if (nothing === undefined) return undefined;
  return { check, isAgain, result: { ...base, verdict: "not_applicable", reason: nothing, expected: 0, metrics: [] } };
}

function reasonForNothing({ listed, due }: Expected): string | undefined {
  if (listed.length === 0) return "nothing expected";
  return due.length === 0 ? "not due yet" : undefined;
}

function tableItem(request: EvaluationRequest, { check, day, isAgain }: Dated, calendar: Calendar): readonly TableItem[] {
  if (check.kind === "sql") return [];
  const isSkipped = skipsAge(request, isAgain) !== undefined;
  const metrics = check.metrics.filter(({ aggregate }) => !isSkipped || aggregate !== "age");
  const [expected] = expectedOn(calendar, day);
  return [{ check, day, metrics, entities: check.entity === undefined ? undefined : expected?.due }];
}

function skipsAge({ ignoreAge = false }: EvaluationRequest, isAgain: boolean): string | undefined {
  if (isAgain) return "age is judged for the newest day alone";
  return ignoreAge ? "age does not apply to a backfill" : undefined;
}

type Looked = { readonly calendar: Calendar; readonly tables: AskedTables };

async function judgeOne(request: EvaluationRequest, one: Dated, { calendar, tables }: Looked): Promise<Evaluated> {
  const { check, day, isAgain } = one;
  const [expected] = expectedOn(calendar, day);
  const [item] = tableItem(request, one, calendar);
  const { metrics, fault } = item === undefined ? await askSql(request.warehouse, check as never, day) : tables.judge(item, expected);
  const shown = request.showsRows === true && item !== undefined && !isAgain ? await withSamples(tables, item, metrics) : metrics;
  const why = skipsAge(request, isAgain);
  const skipped = item === undefined ? [] : check.metrics.filter((metric) => !item.metrics.includes(metric));
  const all = [...shown, ...skipped.map(({ name }) => withoutAge(name, why))];
  return {
    check,
    isAgain,
    result: finish({ ...baseOf(check, day), ...(expected === undefined ? {} : { expected: expected.due.length }) }, all),
    ...(fault === undefined ? {} : { fault }),
    ...(request.namesEntities === true && item?.entities !== undefined && day !== undefined
      ? { look: { day, withRow: dueWithRow(item.entities, tables.withRow(item)) } }
      : {}),
  };
}

async function withSamples(tables: AskedTables, item: TableItem, metrics: readonly MetricResult[]): Promise<readonly MetricResult[]> {
  const shown: MetricResult[] = [];
  for (const [index, result] of metrics.entries()) {
    const samples = result.verdict === "finding" ? await tables.samples(item, item.metrics[index]!) : [];
    shown.push(samples.length === 0 ? result : { ...result, samples });
  }
  return shown;
}

function dueWithRow(due: readonly string[], keys: ReadonlySet<string> | undefined): ReadonlySet<string> | undefined {
  return keys === undefined ? undefined : new Set(due.filter((id) => keys.has(entityKey(id))));
}

function withoutAge(name: string, reason: string | undefined): MetricResult {
  return { name, verdict: "not_applicable", actual: null, ...(reason === undefined ? {} : { reason }) };
}

type Base = Pick<CheckResult, "phase" | "check" | "day" | "severity" | "observed">;

function baseOf(check: Check, day: string | undefined): Base {
  const { phase, name, severity, isObserved = false } = check;
  return { phase, check: name, severity, ...(day === undefined ? {} : { day }), ...(isObserved ? { observed: true } : {}) };
}

function finish(base: Base & Pick<CheckResult, "expected">, metrics: readonly MetricResult[]): CheckResult {
  const verdict = verdictOf(metrics);
  const reason = metrics.find((metric) => metric.verdict === verdict && metric.reason !== undefined)?.reason;
  return { ...base, verdict, ...(reason === undefined ? {} : { reason }), metrics: [...metrics] };
}
