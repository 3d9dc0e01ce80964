import { expect, test } from "vitest";
import { parseConfig } from "./load.ts";

const head = "version: 1\npipeline: x\ntimezone: UTC\n";
const hidden = (text: string, env: Record<string, string>): readonly string[] => {
  const loaded = parseConfig(`${head}${text}`, { file: "/x/kintsugi.yaml", env });
  if ("problems" in loaded) throw new Error(JSON.stringify(loaded.problems));
  return loaded.config.hidden;
};
const check = (where: string): string =>
  `phases: { raw: { checks: { c: { table: t, where: "${where}", metrics: { m: { count: "*", fail: "< 1" } } } } } }\n`;

test.for<[name: string, text: string, env: Record<string, string>, expected: readonly string[]]>([
  ["a secret", "slack: { token: '${T}' }\n", { T: "blue-monday" }, ["blue-monday"]],
  ["a secret, as an address writes it too", "slack: { signing_secret: '${T}' }\n", { T: "a/b+c" }, ["a%2Fb%2Bc", "a/b+c"]],
  ["what a condition compares with", check("team = '${T}'"), { T: "tenant-4711" }, ["tenant-4711"]],
  ["what a variable calls a password", "phases: { raw: { title: '${DB_PASSWORD}' } }\n", { DB_PASSWORD: "monday" }, ["monday"]],
  ["not a word that stands everywhere", check("region = '${T}'"), { T: "production" }, []],
  ["not a day", check("day > '${T}'"), { T: "2026-02-05" }, []],
  ["not the name of a thing", "runtime: { local: '${T}' }\n", { T: "/data/kintsugi-1" }, []],
])("%s", ([, text, env, expected]) => {
  expect(hidden(text, env)).toEqual(expected);
});

test("a statement that is shown has the variable's name, and one that is sent its value", () => {
  const given = { file: "/x/kintsugi.yaml", env: { T: "tenant-4711" } };
  const text = `${head}${check("team = '${T}'")}`;
  expect(JSON.stringify(parseConfig(text, given, "names"))).toContain("team = '${T}'");
  expect(JSON.stringify(parseConfig(text, given))).toContain("team = 'tenant-4711'");
});
