import fc from "fast-check";
import { expect, test } from "vitest";
import { type SqlDialect, sqlParts } from "./sql-parts.ts";
import { withTarget } from "./target-parameter.ts";

const literal: Readonly<Record<SqlDialect, (id: string) => string>> = {
  duckdb: (id) => `'${id.replaceAll("'", "''")}'`,
  bigquery: (id) => JSON.stringify(id),
};

test.for<[sql: string, put: string]>([
  ["select x from p where id = @target", "select x from p where id = 'a'"],
  ["(@target)", "('a')"],
  ["@target and @target", "'a' and 'a'"],
  ["'@target'", "'@target'"],
  ['"@target"', '"@target"'],
  ["-- @target\n@target", "-- @target\n'a'"],
  ["/* @target */ @target", "/* @target */ 'a'"],
  ["@targets @target_id @@target x@target", "@targets @target_id @@target x@target"],
])("the id stands where code names it: %j becomes %j", ([sql, put]) => {
  expect(withTarget("duckdb", sql, "'a'")).toBe(put);
});

const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("'", '"', "`", "\\", "$", "-", "/", "*", "#", ";", "\n", "@target", " ", "a") }),
  fc.constantFrom("' OR 1=1 --", '" OR 1=1 --\\', "$$", "*/", "@target", "$&", "$'"),
);

test.for<SqlDialect>(["duckdb", "bigquery"])("in %s no id changes what of a statement is code", (dialect) => {
  const sql = "select count(*) > 0 /* it's @target */ from p where id = @target and kind = 'a' -- '@target'";
  fc.assert(
    fc.property(hostile, (id) => {
      const before = sqlParts(dialect, sql);
      const [code, ...texts] = split(sqlParts(dialect, withTarget(dialect, sql, literal[dialect](id))));
      const [expected, ...others] = split(before);
      expect(code).toBe(expected!.replaceAll(/@target\b/g, ""));
      expect(texts).toEqual([...others.slice(0, 1), literal[dialect](id), ...others.slice(1)]);
    }),
    { numRuns: 2_000 },
  );
});

/** All code in one, then what is no code, one by one. */
function split(parts: ReturnType<typeof sqlParts>): readonly string[] {
  const code = parts.filter(({ kind }) => kind === "code").map(({ text }) => text);
  return [code.join(""), ...parts.filter(({ kind }) => kind !== "code").map(({ text }) => text)];
}
