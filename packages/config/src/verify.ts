/** Finds what has the right form and still cannot work: rules that never fail, names that name nothing, two healers on one collection. */

import type { CheckForm, MetricForm } from "./form.ts";
import { aggregates, type Condition } from "./model.ts";
import type { SoundPart } from "./sound-part.ts";
import { durationMs, parseCondition } from "./units.ts";

export type Report = (path: readonly PropertyKey[], message: string, details?: { offending?: string; allowed?: readonly string[] }) => void;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const RATES = new Set(["null_rate", "zero_rate"]);
const NEVER_NEGATIVE = new Set(["count", "count_distinct", "null_count", "null_rate", "zero_rate", "duplicate_count", "stddev", "age"]);

export function verify(form: SoundPart, report: Report): void {
  verifyTimezone(form, report);
  if (form.calendar?.due_after !== undefined && form.calendar.starts === undefined)
    report(["calendar", "due_after"], "`due_after` needs `starts`, the column that says when an entity starts");
  verifyPhases(form, report);
  verifyChecks(form, report);
  verifyGates(form, report);
  verifyDrift(form, report);
  verifyHealers(form, report);
  verifyPatterns(form, report);
  for (const [name, period] of Object.entries(form.schedules ?? {})) {
    if (period === undefined) continue;
    const ms = durationMs(period);
    const isAligned = ms > 0 && (ms <= HOUR_MS ? HOUR_MS % ms === 0 && ms % 60_000 === 0 : ms % HOUR_MS === 0 && DAY_MS % ms === 0);
    if (!isAligned)
      report(["schedules", name], `${period} is neither a whole part of an hour nor whole hours that divide a day`, { offending: period });
  }
}

function verifyTimezone({ timezone }: SoundPart, report: Report): void {
  if (timezone === undefined) return;
  try {
    Intl.DateTimeFormat("en", { timeZone: timezone });
  } catch {
    report(["timezone"], `${timezone} is no time zone`, { offending: timezone, allowed: ["names such as America/New_York or UTC"] });
  }
}

function verifyPhases({ phases }: SoundPart, report: Report): void {
  const names = Object.keys(phases ?? {});
  const after = (name: string): readonly string[] =>
    phases?.[name]?.after ?? names.slice(Math.max(0, names.indexOf(name) - 1), names.indexOf(name));
  for (const name of names) {
    for (const [index, upstream] of (phases?.[name]?.after ?? []).entries()) {
      if (!names.includes(upstream))
        report(["phases", name, "after", index], `there is no phase ${upstream}`, { offending: upstream, allowed: names });
    }
    const seen = new Set<string>();
    const waiting = [...after(name)];
    while (waiting.length > 0) {
      const next = waiting.pop()!;
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push(...after(next));
    }
    if (seen.has(name)) report(["phases", name], `${name} comes after itself`, { offending: name });
  }
}

function verifyChecks({ phases, calendar }: SoundPart, report: Report): void {
  for (const [phase, given] of Object.entries(phases ?? {})) {
    for (const [name, check] of Object.entries(given?.checks ?? {})) {
      const path = ["phases", phase, "checks", name];
      if ((check.table === undefined) === (check.sql === undefined)) report(path, "a check has either `table` or `sql`");
      if (check.sql !== undefined) verifySqlCheck(check, path, report);
      if (check.on !== undefined && check.on !== "any" && check.day === undefined && check.table !== undefined)
        report([...path, "on"], "`on` needs `day`, the column that holds the business day");
      if (Object.keys(check.metrics).length === 0) report([...path, "metrics"], "a check without metrics can never fail");
      for (const [metricName, metric] of Object.entries(check.metrics)) {
        const metricPath = [...path, "metrics", metricName];
        const named = aggregates.filter((aggregate) => metric[aggregate] !== undefined);
        if (check.sql !== undefined && named.length > 0)
          report(metricPath, `${named[0]} belongs to a check on a table; here the statement's columns are judged`, {
            offending: named[0]!,
          });
        if (check.sql === undefined && named.length !== 1)
          report(
            metricPath,
            named.length === 0 ? "a metric needs an aggregate" : `a metric has one aggregate, not ${named.join(" and ")}`,
            { allowed: aggregates },
          );
        if (metric.warn === undefined && metric.fail === undefined) report(metricPath, "a metric needs `fail` or `warn`");
        const hasDay = check.day !== undefined && check.on !== "any";
        verifyMetric(
          metric,
          named[0],
          { path: metricPath, mayExpect: calendar !== undefined && hasDay, hasCalendar: calendar !== undefined },
          report,
        );
      }
    }
  }
}

/** What only a table has would be ignored beside a statement. */
function verifySqlCheck(check: CheckForm, path: readonly PropertyKey[], report: Report): void {
  const stray = (at: readonly PropertyKey[]): void =>
    report(at, `${String(at.at(-1))} belongs to a check on a table; a statement has its own`, { offending: String(at.at(-1)) });
  for (const key of ["day", "on", "entity", "where"] as const) if (check[key] !== undefined) stray([...path, key]);
  for (const [name, metric] of Object.entries(check.metrics)) if (metric.where !== undefined) stray([...path, "metrics", name, "where"]);
}

type MetricPlace = { readonly path: readonly PropertyKey[]; readonly mayExpect: boolean; readonly hasCalendar: boolean };

function verifyMetric(
  metric: MetricForm,
  aggregate: string | undefined,
  { path, mayExpect, hasCalendar }: MetricPlace,
  report: Report,
): void {
  const columns = aggregate === undefined ? undefined : metric[aggregate as (typeof aggregates)[number]];
  if (Array.isArray(columns) && columns.length > 1 && aggregate !== "duplicate_count")
    report([...path, aggregate!], `${aggregate} takes one column`, { offending: columns.join(", ") });
  if (columns === "*" && aggregate !== "count") report([...path, aggregate!], `${aggregate} needs a column, not *`, { offending: "*" });
  for (const level of ["warn", "fail"] as const) {
    const text = metric[level];
    const condition = text === undefined ? undefined : parseCondition(text);
    if (condition === undefined) continue;
    if (condition.op !== "outside" && condition.timesExpected && !mayExpect) {
      report(
        [...path, level],
        hasCalendar ? "`expected` needs a business day: `day`, and an `on` other than any" : "`expected` needs a calendar",
        { offending: text! },
      );
    }
    const fault = constant(condition, aggregate);
    const what = aggregate === undefined ? "" : ` for ${aggregate}`;
    if (fault !== undefined) report([...path, level], `${text} can never ${fault}${what}`, { offending: text! });
    if (aggregate === "age" && !/[smhd]$/.test(text!.trim()) && condition.op !== "outside")
      report([...path, level], `${text} compares an age, so it needs a duration such as 24h`, { offending: text! });
  }
}

/** A failing condition that never holds can never fail; one that always holds can never pass. */
function constant(condition: Condition, aggregate: string | undefined): "fail" | "pass" | undefined {
  if (condition.op === "outside" && condition.high < condition.low) return "pass";
  if (aggregate === undefined || !NEVER_NEGATIVE.has(aggregate)) return undefined;
  const isRate = RATES.has(aggregate) && !(condition.op !== "outside" && condition.timesExpected);
  const top = isRate ? 1 : Number.POSITIVE_INFINITY;
  if (condition.op === "outside") return condition.low <= 0 && condition.high >= top ? "fail" : undefined;
  const { op, value } = condition;
  const never =
    (op === "<" && value <= 0) ||
    (op === "<=" && value < 0) ||
    (op === ">" && value >= top) ||
    (op === ">=" && value > top) ||
    (op === "=" && (value < 0 || value > top));
  const always =
    (op === ">=" && value <= 0) ||
    (op === ">" && value < 0) ||
    (op === "<=" && value >= top) ||
    (op === "<" && value > top) ||
    (op === "!=" && (value < 0 || value > top));
  return never ? "fail" : always ? "pass" : undefined;
}

function verifyGates({ gates, phases }: SoundPart, report: Report): void {
  const names = Object.keys(phases ?? {});
  const checks = names.flatMap((phase) => Object.keys(phases?.[phase]?.checks ?? {}).map((check) => `${phase}.${check}`));
  for (const [name, gate] of Object.entries(gates ?? {})) {
    if (!names.includes(gate.before))
      report(["gates", name, "before"], `there is no phase ${gate.before}`, { offending: gate.before, allowed: names });
    for (const [index, check] of gate.checks.entries()) {
      if (!checks.includes(check))
        report(["gates", name, "checks", index], `there is no check ${check}`, { offending: check, allowed: checks });
      else if (gate.checks.indexOf(check) !== index)
        report(["gates", name, "checks", index], `${check} stands twice`, { offending: check });
    }
  }
}

function verifyDrift({ drift }: SoundPart, report: Report): void {
  if (drift === undefined) return;
  if (drift.history.git === undefined && !("github" in drift.history))
    report(["drift", "history"], "`git`, the path of a repository, is missing");
  if (drift.deployments.file === undefined && !("cloud_run" in drift.deployments))
    report(["drift", "deployments"], "`file`, the deployments file, is missing");
}

function verifyHealers({ healers }: SoundPart, report: Report): void {
  const owners = new Map<string, string>();
  for (const [name, healer] of Object.entries(healers ?? {})) {
    const owner = owners.get(healer.batches);
    if (owner === undefined) owners.set(healer.batches, name);
    else
      report(["healers", name, "batches"], `${owner} heals ${healer.batches} already: two healers on one collection would race`, {
        offending: healer.batches,
      });
    const both = (healer.reasons?.permanent ?? []).filter((reason) => healer.reasons?.transient?.includes(reason));
    if (both.length > 0)
      report(["healers", name, "reasons"], `${both.join(", ")} cannot be both permanent and transient`, { offending: both[0]! });
  }
}

function verifyPatterns({ patterns }: SoundPart, report: Report): void {
  for (const [name, pattern] of Object.entries(patterns ?? {})) {
    if ((pattern.count === undefined) === (pattern.failure_rate === undefined))
      report(["patterns", name], "a pattern has either `count` or `failure_rate`");
    for (const key of ["min_events", "confidence"] as const) {
      if (pattern[key] !== undefined && pattern.failure_rate === undefined)
        report(["patterns", name, key], `${key} belongs to \`failure_rate\``, { offending: String(pattern[key]) });
    }
    for (const [key, text] of [
      ["count", pattern.count],
      ["failure_rate", pattern.failure_rate],
    ] as const) {
      const condition = text === undefined ? undefined : parseCondition(text);
      if (condition === undefined) continue;
      if (condition.op === "outside" || condition.timesExpected)
        report(["patterns", name, key], `${text} needs a plain number`, { offending: text! });
      const fault = constant(condition, key === "count" ? "count" : "null_rate");
      if (fault !== undefined)
        report(["patterns", name, key], `${text} can never ${fault === "fail" ? "hold" : "cease to hold"}`, { offending: text! });
    }
  }
}
