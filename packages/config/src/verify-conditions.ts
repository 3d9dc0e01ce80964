/** Finds conditions that could never tell good from bad. */

import { conditionFault } from "./condition-fault.ts";
import { namesDay } from "./day-parameter.ts";
import type { MetricForm, PatternForm } from "./form.ts";
import type { Aggregate } from "./model.ts";
import type { Path } from "./path.ts";
import type { Report } from "./problem.ts";
import type { ValidCheck } from "./valid-subset.ts";
import { isHistoric, parseCondition, parsePlainCondition } from "./units.ts";

/** @param aggregate undefined for a column of a statement, or where it is not known */
export function verifyMetricConditions(metric: MetricForm, aggregate: Aggregate | undefined, path: Path, report: Report): void {
  const what = aggregate === undefined ? "" : ` for ${aggregate}`;
  for (const level of ["warn", "fail"] as const) {
    const condition = parseCondition(metric[level] ?? "");
    const fault = condition === undefined ? undefined : conditionFault(condition, aggregate);
    if (fault?.reason === "unit") report([...path, level], (text) => `${text} compares ${fault.wants}`);
    else if (fault?.reason === "far") report([...path, level], (text) => `${text} looks back further than a year`);
    else if (fault !== undefined)
      report([...path, level], (text) => `${text} can never ${fault.reason === "never" ? "fail" : "pass"}${what}`);
  }
}

export function verifyExpected(check: ValidCheck, metric: MetricForm, { path, checkPath, hasCalendar }: Expecting, report: Report): void {
  for (const level of ["warn", "fail"] as const) {
    const condition = parseCondition(metric[level] ?? "");
    if (condition === undefined) continue;
    const at = [...path, level];
    if (isHistoric(condition)) verifyEarlierDays(check, { at, checkPath }, report);
    if (isHistoric(condition) || condition.op === "outside" || !condition.timesExpected) continue;
    if (check.sql !== undefined && check.table === undefined) {
      report(at, "`expected` belongs to a check on a table", { needs: [[...checkPath, "table"]] });
      continue;
    }
    if (!hasCalendar) report(at, "`expected` needs a calendar", { needs: [["calendar"]] });
    if (check.day === undefined || check.on === "any")
      report(at, "`expected` needs a business day: `day`, and an `on` other than any", {
        needs: check.on === "any" ? [] : [[...checkPath, "day"]],
      });
  }
}

/** Earlier values are those of earlier days. A statement without `@day` is told so at its `on`. */
function verifyEarlierDays(check: ValidCheck, { at, checkPath }: { readonly at: Path; readonly checkPath: Path }, report: Report): void {
  const isDated = check.sql === undefined ? check.day !== undefined && check.on !== "any" : namesDay(check.sql);
  if (isDated) return;
  const needs = check.on === "any" ? [] : [[...checkPath, check.sql === undefined ? "day" : "sql"]];
  const what = check.sql === undefined ? "`day`, and an `on` other than any" : "`@day` in the statement";
  report(at, (text) => `${text} compares with earlier days, which needs a business day: ${what}`, { needs });
}

type Expecting = { readonly path: Path; readonly checkPath: Path; readonly hasCalendar: boolean };

export function verifyPatternConditions(pattern: Pick<PatternForm, "count" | "failure_rate">, path: Path, report: Report): void {
  for (const [key, aggregate] of [
    ["count", "count"],
    ["failure_rate", "null_rate"],
  ] as const) {
    const condition = parsePlainCondition(pattern[key] ?? "");
    if (condition === undefined) continue;
    const fault = conditionFault(condition, aggregate);
    const at = [...path, key];
    if (condition.op === "outside" || condition.timesExpected) report(at, (text) => `${text} needs a plain number`);
    else if (fault?.reason === "unit") report(at, (text) => `${text} compares ${fault.wants}`);
    else if (fault !== undefined) report(at, (text) => `${text} can never ${fault.reason === "never" ? "hold" : "cease to hold"}`);
  }
}
