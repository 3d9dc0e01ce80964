/** Finds what is wrong with a check as a whole: two kinds at once, no aggregate, what a statement would ignore. */

import { namesDay } from "./day-parameter.ts";
import type { MetricForm } from "./form.ts";
import { aggregates, type Aggregate } from "./model.ts";
import type { Path } from "./path.ts";
import type { Report } from "./problem.ts";
import { isQuoted } from "./sql-parts.ts";
import { dialectOf } from "./statement-dialect.ts";
import { EVERY, type ValidCheck, type ValidSubset } from "./valid-subset.ts";
import { verifyExpected, verifyMetricConditions } from "./verify-conditions.ts";

export function verifyChecks(form: ValidSubset, report: Report): void {
  const { phases, calendar } = form;
  for (const [phase, given] of Object.entries(phases ?? {})) {
    for (const [name, check] of Object.entries(given?.checks ?? {})) {
      const checkPath = ["phases", phase, "checks", name];
      verifyCheck(check, checkPath, report);
      if (isQuoted(dialectOf(form), check.sql ?? "", "day"))
        report([...checkPath, "sql"], "`@day` stands inside quotes, where no date can be put in: write it without them");
      for (const [metricName, metric] of Object.entries(check.metrics ?? {})) {
        const path = [...checkPath, "metrics", metricName];
        const named = aggregates.filter((aggregate) => metric[aggregate] !== undefined);
        verifyMetric(check, metric, { path, checkPath, named }, report);
        verifyExpected(check, metric, { path, checkPath, hasCalendar: calendar !== undefined }, report);
        verifyMetricConditions(metric, named[0], path, report);
      }
    }
  }
}

function verifyCheck(check: ValidCheck, path: Path, report: Report): void {
  if (check.table !== undefined && check.sql !== undefined) report(path, "a check has either `table` or `sql`, not both");
  if (check.table === undefined && check.sql === undefined)
    report(path, "a check has either `table` or `sql`", {
      needs: [
        [...path, "table"],
        [...path, "sql"],
      ],
    });
  if (check.sql !== undefined) verifySqlCheck(check, path, report);
  if (check.on !== undefined && check.on !== "any" && check.day === undefined && check.table !== undefined)
    report([...path, "on"], "`on` needs `day`, the column that holds the business day", { needs: [[...path, "day"]] });
  if (check.metrics !== undefined && Object.keys(check.metrics).length === 0)
    report([...path, "metrics"], "a check without metrics can never fail", { needs: [[...path, "metrics", EVERY]] });
}

/** What only a table has would be ignored beside a statement. */
function verifySqlCheck(check: ValidCheck, path: Path, report: Report): void {
  const stray = (at: Path): void =>
    report(at, (key) => `${key} belongs to a check on a table; a statement has its own`, { offending: String(at.at(-1)) });
  for (const key of ["day", "entity", "where", "mask"] as const) if (check[key] !== undefined) stray([...path, key]);
  for (const [name, metric] of Object.entries(check.metrics ?? {}))
    if (metric.where !== undefined) stray([...path, "metrics", name, "where"]);
  verifyDayOfStatement(check, path, report);
}

function verifyDayOfStatement({ sql = "", on }: ValidCheck, path: Path, report: Report): void {
  if (on === undefined) return;
  if (on === "any" && namesDay(sql)) report([...path, "on"], "`@day` needs a business day: an `on` other than any");
  if (on !== "any" && !namesDay(sql))
    report([...path, "on"], "`on` needs `@day` in the statement, where the judged day stands: without it every day is judged the same");
}

type MetricPlace = { readonly path: Path; readonly checkPath: Path; readonly named: readonly Aggregate[] };

function verifyMetric(check: ValidCheck, metric: MetricForm, { path, checkPath, named }: MetricPlace, report: Report): void {
  const [first, ...others] = named;
  if (first === undefined && check.sql === undefined)
    report(path, "a metric needs an aggregate", {
      allowed: aggregates,
      needs: [[...checkPath, "sql"], ...aggregates.map((aggregate) => [...path, aggregate])],
    });
  if (first !== undefined && check.sql !== undefined)
    report(path, (key) => `${key} belongs to a check on a table; here the statement's columns are judged`, { offending: first });
  if (others.length > 0 && check.sql === undefined)
    report(path, `a metric has one aggregate, not ${named.join(" and ")}`, { allowed: aggregates });
  if (metric.warn === undefined && metric.fail === undefined)
    report(path, "a metric needs `fail` or `warn`", {
      needs: [
        [...path, "warn"],
        [...path, "fail"],
      ],
    });
  if (first === undefined) return;
  const columns = [metric[first]!].flat();
  if (columns.length > 1 && first !== "duplicate_count") report([...path, first], (text) => `${first} takes one column, not ${text}`);
  if (columns.includes("*") && first !== "count") report([...path, first], (text) => `${first} needs a column, not ${text}`);
}
