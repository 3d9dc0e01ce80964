import { expect, test } from "vitest";
import { type SqlDialect, sqlParts } from "./sql-parts.ts";

/** Code as it is, what is quoted in angles, comments in braces. */
function marked(dialect: SqlDialect, sql: string): string {
  const marks = { code: ["", ""], quoted: ["«", "»"], comment: ["{", "}"] } as const;
  return sqlParts(dialect, sql)
    .map(({ kind, text }) => marks[kind].join(text))
    .join("");
}

test.for<[dialect: SqlDialect, sql: string, parts: string]>([
  ["duckdb", "select 1", "select 1"],
  ["duckdb", "select 'it''s' || \"a\"\"b\"", "select «'it''s'» || «\"a\"\"b\"»"],
  ["duckdb", "select 'a\\' || x", "select «'a\\'» || x"],
  ["duckdb", "select e'a\\' b' || x", "select «e'a\\' b'» || x"],
  ["duckdb", "select $$it's$$ || $q$a $$ b$q$ || $1", "select «$$it's$$» || «$q$a $$ b$q$» || $1"],
  ["duckdb", "select 1 -- it's\n+ 1", "select 1 {-- it's}\n+ 1"],
  ["duckdb", "a /* b /* c */ d */ e", "a {/* b /* c */ d */} e"],
  ["duckdb", "a /* b", "a {/* b}"],
  ["duckdb", "a 'b", "a «'b»"],
  ["duckdb", "a # 'b'", "a # «'b'»"],
  ["bigquery", "select 'it\\'s' || \"a'b\"", "select «'it\\'s'» || «\"a'b\"»"],
  ["bigquery", "select r'a\\'b' || x", "select r«'a\\'b'» || x"],
  ["bigquery", `select """a "b" c""" || '''it's''' || x`, `select «"""a "b" c"""» || «'''it's'''» || x`],
  ["bigquery", "from `a'b` where", "from «`a'b`» where"],
  ["bigquery", "1 # it's\n-- it's\n2", "1 {# it's}\n{-- it's}\n2"],
  ["bigquery", "a /* b /* c */ d", "a {/* b /* c */} d"],
  ["bigquery", "a 'b\\", "a «'b\\»"],
])("%s reads %s as %s", ([dialect, sql, parts]) => {
  expect(marked(dialect, sql)).toBe(parts);
});
