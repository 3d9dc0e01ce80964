import { expect, test } from "vitest";
import { z } from "zod";
import { configJsonSchema } from "./json-schema.ts";
import { parseConfigValue } from "./load.ts";

const schema = configJsonSchema();
const editor = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
const head = { version: 1, pipeline: "shop", timezone: "UTC" };

const metric = (condition: string): object => ({
  calendar: { table: "plan", day: "day", entity: "shop" },
  phases: { raw: { checks: { c: { table: "t", day: "d", metrics: { m: { sum: "x", fail: condition } } } } } },
});
const healer = (more: object): object => ({ healers: { h: { batches: "b", ...more } } });
const pattern = (more: object): object => ({
  patterns: { p: { on: "healing.completed", by: "target", count: ">= 3", within: "1h", severity: "red", ...more } },
});

test("editors learn the keys of the file and that there are no others", () => {
  expect(schema).toMatchObject({
    title: "kintsugi.yaml",
    required: ["version", "pipeline", "timezone"],
    additionalProperties: false,
    properties: { version: { const: 1 }, healers: { additionalProperties: { required: ["batches"] } } },
  });
});

test.for<[given: object, right: boolean]>([
  [{}, true],
  [{ schedules: { drift: "30m" } }, true],
  [{ schedules: { drift: "${D}" } }, true],
  [{ schedules: { drift: "soon" } }, false],
  [{ schedules: { drift: "$${D}" } }, false],
  [healer({ complete_at: "100%" }), true],
  [healer({ complete_at: "${SHARE}" }), true],
  [healer({ complete_at: "110%" }), false],
  [healer({ complete_at: "90" }), false],
  [healer({ mode: "auto" }), true],
  [healer({ mode: "${MODE}" }), true],
  [healer({ mode: "propose" }), true],
  [healer({ mode: "shadwo" }), false],
  [healer({ publishes: "ready" }), false],
  [pattern({}), true],
  [pattern({ on: "run.completed" }), false],
  [pattern({ within: "0m" }), false],
  [pattern({ severity: "${SEVERITY}" }), true],
  [pattern({ severity: "urgent" }), false],
  [metric("< 20 * expected"), true],
  [metric("outside 5 .. 20"), true],
  [metric("outside 5% .. 20%"), true],
  [metric("${C}"), true],
  [metric("> many"), false],
  [metric(""), false],
  [{ phases: { "raw data": {} } }, false],
  [{ phases: { 2: {} } }, false],
  [{ phases: { "${D}": {} } }, false],
  [{ slack: { channels: { drift: "#ops" } } }, true],
  [{ slack: { channels: { drift: "${CHANNEL}" } } }, true],
  [{ slack: { channels: { drift: "ops" } } }, false],
  [{ slack: { token: "${TOKEN}" } }, true],
  [{ slack: { token: "xoxb-1" } }, false],
  [{ incidents: { open_after: "${D}" } }, false],
  [{ incidents: { reopen: "2h", open_days: 3 } }, true],
  [{ incidents: { open_days: 0 } }, false],
  [{ calendar: { table: "t", day: "d", entity: "e", ends: "nothing expected" } }, true],
  [{ calendar: { table: "t", day: "d", entity: "e", ends: "never" } }, false],
  [{ slack: { signing_secret: "${TOKEN}", operators: ["U012ABC"] } }, true],
  [{ slack: { signing_secret: "abc" } }, false],
  [{ slack: { operators: ["bob"] } }, false],
  [{ slack: { token: "${TOKEN}", webhooks: { "#ops": "${HOOK}" } } }, true],
  [{ slack: { token: "${TOKEN}", webhooks: { "#ops": "https://hooks.example/T1" } } }, false],
  [{ slack: { token: "${TOKEN}", webhooks: { ops: "${HOOK}" } } }, false],
  [{ receivers: { ops: { webhook: "${HOOK}", secret: "${TOKEN}", min_severity: "critical" } } }, true],
  [{ receivers: { ops: { webhook: "https://ops.example/in" } } }, false],
  [{ receivers: { ops: { webhook: "${HOOK}", secret: "abc" } } }, false],
  [{ receivers: { ops: {} } }, false],
  [{ receivers: { slack: { webhook: "${HOOK}" } } }, false],
])("an editor and the loader agree on %j: %s", ([given, right]) => {
  const env = {
    D: "1h",
    SHARE: "50%",
    MODE: "auto",
    SEVERITY: "red",
    C: "> 5",
    CHANNEL: "#ops",
    TOKEN: "xoxb-1",
    HOOK: "https://hooks.example/T1",
  };
  const value = { ...head, ...given };
  expect(editor.safeParse(value).success, "the editor").toBe(right);
  expect("config" in parseConfigValue(value, { file: "kintsugi.yaml", env }), "the loader").toBe(right);
});
