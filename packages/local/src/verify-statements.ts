/** What users wrote in SQL, each part as a statement that can be proved without running it; and what the proof says. Pure. */

import { DAY_PARAMETER } from "@kintsugi/config/day-parameter";
import type { Check, Config } from "@kintsugi/config/model";
import type { Path } from "@kintsugi/config/path";
import { type Problem, problemAt, type Source } from "@kintsugi/config/problem";
import { otherThanNumber } from "@kintsugi/ports/column-type";
import { dateLiteral, tableName } from "@kintsugi/ports/sql-text";
import type { Dialect, QueryResult } from "@kintsugi/ports/warehouse";

export type Provable = {
  /** Returns no row, and reads none. */
  readonly sql: string;
  readonly path: Path;
  /** The one table that it is about; undefined for a statement of the user's own. */
  readonly table?: string;
  /** The columns that are judged, by the place of each; none for a condition. */
  readonly judged: readonly { readonly name: string; readonly path: Path }[];
};

export type Proof = { readonly types: NonNullable<QueryResult["types"]> } | { readonly fault: string };

/** A day that every dialect reads; which one makes no difference to whether a statement is right. */
const SOME_DAY = "2026-01-01";

export function provables({ calendar, phases }: Config, dialect: Dialect): readonly Provable[] {
  const inCalendar = calendar?.where === undefined ? [] : [conditionOf(dialect, calendar.table, calendar.where, ["calendar", "where"])];
  return [...inCalendar, ...phases.flatMap(({ checks }) => checks.flatMap((check) => ofCheck(dialect, check)))];
}

function ofCheck(dialect: Dialect, check: Check): readonly Provable[] {
  const at = ["phases", check.phase, "checks", check.name];
  if (check.kind === "sql") {
    const sql = check.sql.replaceAll(DAY_PARAMETER, dateLiteral(SOME_DAY)).replace(/;\s*$/, "");
    const judged = check.metrics.map(({ name }) => ({ name, path: [...at, "metrics", name] }));
    return [{ sql: `SELECT * FROM (${sql}\n) AS kintsugi_row LIMIT 0`, path: [...at, "sql"], judged }];
  }
  const filter = check.where === undefined ? [] : [conditionOf(dialect, check.table, check.where, [...at, "where"])];
  return [
    ...filter,
    ...check.metrics.flatMap(({ name, where }) =>
      where === undefined ? [] : conditionOf(dialect, check.table, where, [...at, "metrics", name, "where"]),
    ),
  ];
}

function conditionOf(dialect: Dialect, table: string, where: string, path: Path): Provable {
  return { sql: `SELECT 1 AS one FROM ${tableName(dialect, table)} WHERE (${where}\n) LIMIT 0`, path, table, judged: [] };
}

export function problemsOf({ path, judged }: Provable, proof: Proof, source: Source): readonly Problem[] {
  if ("fault" in proof) return [problemAt(source, path, `the warehouse refuses this: ${proof.fault}`)];
  const names = Object.keys(proof.types);
  return judged.flatMap(({ name, path: place }) => {
    const type = proof.types[name];
    if (type === undefined)
      return problemAt(source, place, (text) => `${text} is no column of the statement`, { offending: name, allowed: names, at: "key" });
    const other = otherThanNumber(type);
    return other === undefined
      ? []
      : problemAt(source, place, (text) => `${text} is ${other}: a number is judged`, { offending: name, at: "key" });
  });
}
