import { parseConfig } from "@kintsugi/config/load";
import type { GateDecided } from "@kintsugi/events/gate";
import type { Caller, Dependencies, Event } from "@kintsugi/function-kit/declaration";
import { Failure } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import { expect, test } from "vitest";
import { answerGate } from "./handler.ts";
import { obeyOperator } from "./obey-operator.ts";

const nowMs = Date.parse("2026-11-24T08:00:00Z");
const read = parseConfig(
  `version: 1
pipeline: shop
timezone: UTC
warehouse: { duckdb: w.duckdb }
phases: { raw: { checks: { orders: { table: orders, metrics: { n: { count: "*", fail: "< 1" } } } } }, marts: {} }
gates: { raw-to-marts: { before: marts, checks: [raw.orders] } }
`,
  { file: "kintsugi.yaml", env: {} },
);
if ("problems" in read) throw new Error(JSON.stringify(read.problems));
const { config } = read;

function open() {
  const stored = new Map<string, JsonObject>();
  const get = async (_: string, id: string) => (stored.has(id) ? { id, data: stored.get(id)!, version: "1" } : undefined);
  const warehouse = {
    dialect: "duckdb",
    query: async () => Promise.reject(new Failure("permanent", "no such table")),
    columns: async () => [],
  };
  const dependencies = { config, documents: { get }, warehouse, clock: { now: () => nowMs, sleep: async () => {} } };
  const needs = dependencies as unknown as Dependencies;
  return {
    async ask(body: object, caller?: Caller): Promise<{ status: number; body: GateDecided }> {
      const outcome = await answerGate(needs)({ params: { gate: "raw-to-marts" }, body, nowMs, caller });
      return outcome as unknown as { status: number; body: GateDecided };
    },
    async say(type: string, data: object): Promise<void> {
      const event = { id: type, source: "user", type, time: new Date(nowMs).toISOString(), data } as unknown as Event;
      const { writes = [] } = await obeyOperator(needs)([event], { nowMs, patienceMs: 0 });
      for (const write of writes) if (write.op !== "delete") stored.set(write.id, write.data);
    },
  };
}

const override = { context: "override", actor: "ann", reason: "checked", expires: "2026-11-24T10:00:00Z" };
const said = { reason: "checked", expires: "2026-11-24T10:00:00Z" };

test.for<[name: string, caller: Caller | undefined, recorded: object, who: string]>([
  ["whoever is named, where nobody is verified", undefined, { actor: "ann", ...said }, "ann"],
  ["who calls, under the own name", { id: "ann" }, { actor: "ann", ...said }, "ann"],
  [
    "who calls, with another name as a claim",
    { id: "eve@example.com" },
    { actor: "eve@example.com", claimed: "ann", ...said },
    "eve@example.com (as ann)",
  ],
])("an override is recorded as that of %s", async ([, caller, recorded, who]) => {
  const { body } = await open().ask(override, caller);
  expect(body.override).toEqual(recorded);
  expect(body.message).toMatch(`overridden by ${who}: checked (blocked`);
  expect(body).toMatchObject({ can_proceed: true, verdict: "block" });
});

test("a question cannot say of itself whose identity was verified", async () => {
  expect(await open().ask({ ...override, claimed: "bob" }, { id: "eve@example.com" })).toMatchObject({ status: 400 });
});

test("who calls is no reason to leave the actor out", async () => {
  expect(await open().ask({ ...override, actor: undefined }, { id: "eve@example.com" })).toMatchObject({ status: 400 });
});

test("what an operator says of a gate keeps both names, in each decision", async () => {
  const { ask, say } = open();
  await say("gate.overridden", { gate: "raw-to-marts", actor: "eve@example.com", claimed: "ann", reason: "checked" });
  expect((await ask({})).body).toMatchObject({
    override: { actor: "eve@example.com", claimed: "ann", reason: "checked" },
    message: expect.stringMatching(/^overridden by eve@example\.com \(as ann\): checked/) as string,
  });
});
