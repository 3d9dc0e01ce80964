/** Tells the code of a statement from what is quoted or a comment, as each dialect reads it. Pure. */

import type { WarehouseConfig } from "./model.ts";

export type SqlDialect = WarehouseConfig["kind"];
export type SqlPart = { readonly kind: "code" | "quoted" | "comment"; readonly text: string };

/** Where something begins that is no code. What is never closed reaches to the end. */
const BEGINS: Readonly<Record<SqlDialect, RegExp>> = {
  // '…' with '' inside, E'…' with escapes, "…", $tag$…$tag$
  duckdb:
    /(?<!\w)[eE]'(?:''|\\[^]|[^'\\])*(?:'|\\?$)|'(?:''|[^'])*(?:'|$)|"(?:""|[^"])*(?:"|$)|\$((?:[A-Za-z_]\w*)?)\$[^]*?(?:\$\1\$|$)|--[^\n]*|\/\*/g,
  // '''…''', """…""", '…', "…" and `…`, each with escapes: a backslash keeps a quote from closing a raw text too
  bigquery:
    /'''(?:\\[^]|(?!''')[^\\])*(?:'''|\\?$)|"""(?:\\[^]|(?!""")[^\\])*(?:"""|\\?$)|'(?:\\[^]|[^'\\])*(?:'|\\?$)|"(?:\\[^]|[^"\\])*(?:"|\\?$)|`(?:\\[^]|[^`\\])*(?:`|\\?$)|--[^\n]*|#[^\n]*|\/\*/g,
};

export function sqlParts(dialect: SqlDialect, sql: string): readonly SqlPart[] {
  const parts: SqlPart[] = [];
  const begins = new RegExp(BEGINS[dialect]);
  let at = 0;
  for (let found = begins.exec(sql); found !== null; found = begins.exec(sql)) {
    if (found.index > at) parts.push({ kind: "code", text: sql.slice(at, found.index) });
    at = found[0] === "/*" ? endOfComment(dialect, sql, found.index) : found.index + found[0].length;
    begins.lastIndex = at;
    parts.push({ kind: /^(?:--|#|\/\*)/.test(found[0]) ? "comment" : "quoted", text: sql.slice(found.index, at) });
  }
  return at < sql.length ? [...parts, { kind: "code", text: sql.slice(at) }] : parts;
}

/** Whether a parameter stands in quotes, where it is plain text and no parameter. */
export function isQuoted(dialect: SqlDialect, sql: string, parameter: "target" | "day"): boolean {
  const named = new RegExp(`(?<![\\w@])@${parameter}\\b`);
  return sqlParts(dialect, sql).some(({ kind, text }) => kind === "quoted" && named.test(text));
}

/** In DuckDB a comment may hold comments; in BigQuery the first end is the end. */
function endOfComment(dialect: SqlDialect, sql: string, from: number): number {
  let depth = 0;
  for (const { 0: mark, index } of sql.slice(from).matchAll(/\/\*|\*\//g)) {
    if (mark === "*/") depth--;
    else if (depth === 0 || dialect === "duckdb") depth++;
    if (depth === 0) return from + index + mark.length;
  }
  return sql.length;
}
