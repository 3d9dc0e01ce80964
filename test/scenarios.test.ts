import { readdirSync } from "node:fs";
import { join } from "node:path";
import { testCommand } from "@kintsugi/simulator/test-command";
import { expect, test } from "vitest";

const folder = join(import.meta.dirname, "scenarios");
const stories = readdirSync(folder).filter((name) => /^(?:\d\d|[a-z]\d)-/.test(name));

async function play(name: string, chaos?: "redeliver" | "reorder" | "storm"): Promise<{ code: number; told: string }> {
  const lines: string[] = [];
  const options = {
    json: false,
    trace: false,
    env: {},
    elapsed: () => performance.now(),
    write: (line: string) => void lines.push(line),
    progress: (line: string) => void lines.push(line),
  };
  const code = await testCommand([join(folder, name)], { ...options, ...(chaos === undefined ? {} : { chaos }) });
  return { code, told: lines.join("\n") };
}

test("there are stories to play", () => {
  expect(stories.length).toBeGreaterThanOrEqual(12);
});

test.for(stories)("%s holds", async (name) => {
  const { code, told } = await play(name);
  expect(told).toContain("1 held, 0 failed");
  expect(code).toBe(0);
});

test.for(["01-yellow-pattern.yaml", "06-the-founding-case.yaml", "a3-mended-data-call-nobody.yaml", "a7-forty-at-once.yaml"])(
  "%s holds whatever the bus does",
  async (name) => {
    for (const chaos of ["redeliver", "reorder", "storm"] as const) expect((await play(name, chaos)).told).toContain("1 held, 0 failed");
  },
);

test("a story that does not hold says what was wanted and what was seen", async () => {
  const { code, told } = await play("../failing/wrong-severity.yaml");
  expect(code).toBe(1);
  expect(told).toMatch(/severity[\s\S]*expected {2}critical[\s\S]*seen {6}yellow[\s\S]*--trace/);
});
