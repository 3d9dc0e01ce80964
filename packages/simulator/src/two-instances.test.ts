import type { Config } from "@kintsugi/config/model";
import { toMessage } from "@kintsugi/events/wire";
import type { Event } from "@kintsugi/events/event";
import type { FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import { Conflict } from "@kintsugi/ports/failure";
import { expect, test } from "vitest";
import { callCounter } from "./call-counter.ts";
import { faults } from "./faults.ts";
import { memoryBus } from "./memory-bus.ts";
import { memoryDocuments } from "./memory-documents.ts";
import type { StagePorts } from "./process-instance.ts";
import { seededRandom } from "./random.ts";
import { stageFunctions } from "./stage-functions.ts";
import { virtualClock } from "./virtual-clock.ts";

const start = Date.parse("2026-02-05T14:00:00Z");
const EVENTS = 20;

type Counted = { total: number; conflicts: number; memories: number[]; trace: string[] };

/** A function that counts events, in a document and in its own memory. */
async function count(instances: 1 | 2, seed: number): Promise<Counted> {
  const clock = virtualClock(start);
  const calls = callCounter();
  const memories: { events: number }[] = [];
  const trace: string[] = [];
  const declaration: FunctionDeclaration = {
    name: "counter",
    channel: "watch",
    isConfigured: () => true,
    subscribes: ["runs"],
    publishes: [],
    onEvents: ({ documents }) => {
      const memory = { events: 0 };
      const own = memories.push(memory);
      return async (events) => {
        const before = await documents.get("counts", "all");
        memory.events += events.length;
        trace.push(`${own} ${events.length}`);
        const data = { total: Number(before?.data["total"] ?? 0) + events.length };
        const place = { collection: "counts", id: "all", data } as const;
        return { writes: [before === undefined ? { op: "create", ...place } : { op: "set", ...place, version: before.version }] };
      };
    },
  };
  let named = 0;
  let conflicts = 0;
  const bus = memoryBus({ subscriptions: { runs: ["counter"] }, clock, newId: () => `message-${++named}` });
  const store = memoryDocuments(clock);
  const documents: typeof store = {
    ...store,
    commit: (...change) =>
      store.commit(...change).catch((error: unknown) => {
        if (error instanceof Conflict) conflicts++;
        throw error;
      }),
  };
  const functions = stageFunctions({
    config: {} as Config,
    declarations: [declaration],
    ports: { clock, bus, documents, warehouse: {}, ledger: {}, chat: {} } as unknown as StagePorts & { bus: typeof bus },
    faults: faults(clock),
    calls,
    plan: { crashes: () => false, hinders: () => undefined, instances: () => instances },
    random: seededRandom(seed),
    log: () => {},
    tell: () => {},
  });
  await bus.publish(Array.from({ length: EVENTS }, (_, index) => toMessage(ranAt(index))));
  while (functions.startOne()) await functions.quiet();
  expect(functions.nextDue()).toBeUndefined();
  const total = Number((await documents.get("counts", "all"))?.data["total"]);
  return { total, conflicts, memories: memories.map(({ events }) => events), trace };
}

function ranAt(index: number): Event {
  const at = new Date(start).toISOString();
  const data = { function: "drift", due: at, started: at, verdict: "ok", observations: [] };
  return { id: `run-${index}`, source: "kintsugi/drift", type: "run.completed", time: at, data } as unknown as Event;
}

test("two instances share what is due, each with a memory of its own, and who is late meets a real conflict", async () => {
  const { total, conflicts, memories } = await count(2, 1);
  expect(total).toBe(EVENTS);
  expect(memories).toHaveLength(2);
  expect(Math.min(...memories)).toBeGreaterThanOrEqual(EVENTS / 2);
  expect(conflicts).toBeGreaterThan(0);
});

test("one instance meets nobody", async () => {
  expect(await count(1, 1)).toMatchObject({ total: EVENTS, conflicts: 0, memories: [EVENTS] });
});

test("a seed gives one order, and seeds give several", async () => {
  const orders = await Promise.all(
    Array.from({ length: 20 }, (_, index) => index + 1).map(async (seed) => (await count(2, seed)).trace.join(", ")),
  );
  expect((await count(2, 1)).trace.join(", ")).toBe(orders[0]);
  expect(new Set(orders).size).toBeGreaterThan(1);
});
