import { expect, test } from "vitest";
import { parseConfig } from "./load.ts";

const head = "version: 1\npipeline: x\ntimezone: UTC\n";
const many = (count: number, line: (index: number) => string): string => Array.from({ length: count }, (_, index) => line(index)).join("");
const told = (text: string): readonly string[] => {
  const loaded = parseConfig(`${head}${text}`, { file: "/x/kintsugi.yaml", env: {} });
  return "problems" in loaded ? loaded.problems.map(({ path, message }) => `${path}: ${message}`) : [];
};

test.for<[name: string, text: string, problem: string]>([
  [
    "20,000 phases",
    `phases:\n${many(20_000, (i) => `  p${i}: { title: t }\n`)}`,
    "phases: holds 20000 phases, and a pipeline may have at most 500",
  ],
  ["8,000 phases, each wrong", `phases:\n${many(8_000, (i) => `  p${i}: { after: [no${i}], x: 1 }\n`)}`, "phases: holds 8000 phases"],
  [
    "8,000 checks of one phase",
    `phases:\n  raw:\n    checks:\n${many(8_000, (i) => `      c${i}: { table: t, metrics: { m: { count: "*", fail: "< 1" } } }\n`)}`,
    "phases: holds 8000 checks, and a pipeline may have at most 2000",
  ],
  ["8,000 healers", `healers:\n${many(8_000, (i) => `  h${i}: { batches: b${i} }\n`)}`, "healers: holds 8000 healers"],
  ["a list of 20,000", `phases:\n  a: { after: [${many(20_000, () => "a, ")}a] }\n`, "phases.a.after: holds 20001 items"],
])("%s are too many, which is said alone and at once", ([, text, problem]) => {
  const began = process.cpuUsage();
  const problems = told(text);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(problem);
  expect(process.cpuUsage(began).user / 1_000).toBeLessThan(5_000);
});

test("500 phases in a row are a pipeline", () => {
  const began = process.cpuUsage();
  expect(told(`phases:\n${many(500, (i) => `  p${i}: { title: t }\n`)}`)).toEqual([]);
  expect(process.cpuUsage(began).user / 1_000).toBeLessThan(5_000);
});
