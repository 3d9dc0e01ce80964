import { OUTBOX } from "@kintsugi/function-kit/outbox";
import type { Route } from "@kintsugi/function-kit/declaration";
import type { Ports } from "@kintsugi/ports/ports";
import { expect, test } from "vitest";
import { callCounter } from "./call-counter.ts";
import type { CallFault, CallPort } from "./fault.ts";
import { faults, type Faults } from "./faults.ts";
import { memoryBus } from "./memory-bus.ts";
import { type MemoryDocuments, memoryDocuments } from "./memory-documents.ts";
import { type ProcessInstance, startProcess } from "./process-instance.ts";
import { type VirtualClock, virtualClock } from "./virtual-clock.ts";

const start = Date.parse("2026-02-05T14:00:00Z");
const hour = 3_600_000;
const span = { fromMs: start, untilMs: start + hour };

type Staged = {
  clock: VirtualClock;
  faulty: Faults;
  documents: MemoryDocuments;
  started: ProcessInstance;
  quiet: () => Promise<void>;
};

/** @param diesAt the how-manieth question whether it dies is answered yes, from 1 */
function stage({ diesAt = 0, isAsked = false }: { diesAt?: number; isAsked?: boolean } = {}): Staged {
  const clock = virtualClock(start);
  const calls = callCounter();
  const faulty = faults(clock);
  const documents = memoryDocuments(clock);
  let named = 0;
  let asked = 0;
  const bus = memoryBus({ subscriptions: { runs: ["tracker"] }, clock, newId: () => `message-${++named}` });
  const warehouse = { dialect: "duckdb", query: async () => ({ rows: [] }) };
  const started = startProcess({
    declaration: { name: "tester", ...(isAsked ? { routes: () => [] as readonly Route[] } : {}) },
    ports: { clock, bus, documents, warehouse, ledger: warehouse, chat: {} } as unknown as Omit<Ports, "documents"> & {
      documents: MemoryDocuments;
    },
    faults: faulty,
    work: { dies: () => ++asked === diesAt, hinders: () => undefined },
    calls,
  });
  return { clock, faulty, documents, started, quiet: calls.quiet };
}

async function pass(clock: VirtualClock, ms: number): Promise<void> {
  clock.set(clock.now() + ms);
  clock.wake();
}

test("the stage is quiet while a handler sleeps, and the sleeper wakes at its time", async () => {
  const { clock, started, quiet } = stage();
  const log: string[] = [];
  const handler = async (): Promise<void> => {
    await started.ports.documents.get("c", "a");
    await started.ports.clock.sleep(2_000);
    log.push(new Date(started.ports.clock.now()).toISOString());
  };
  const handling = handler();
  await quiet();
  expect(log).toEqual([]);
  expect(clock.nextWake()).toBe(start + 2_000);
  await pass(clock, 2_000);
  await handling;
  expect(log).toEqual(["2026-02-05T14:00:02.000Z"]);
});

test("what a process that died was waiting for never comes", async () => {
  const { clock, started, quiet } = stage();
  let woke = 0;
  void started.ports.clock.sleep(2_000).then(() => woke++);
  started.end();
  void started.ports.clock.sleep(0).then(() => woke++);
  void started.ports.documents.get("c", "a").then(() => woke++);
  await pass(clock, 5_000);
  await quiet();
  expect(woke).toBe(0);
});

test.for<[name: string, port: CallPort, isAsked: boolean, ms: number]>([
  ["a call", "documents", false, 10_000],
  ["a call of a function that others ask", "documents", true, 4_000],
  ["a question to the user's tables", "warehouse", false, 25_000],
  ["one of a function that others ask", "warehouse", true, 6_000],
])("%s that hangs ends at the deadline that it has in the cloud", async ([, port, isAsked, ms]) => {
  const { clock, faulty, started, quiet } = stage({ isAsked });
  faulty.add({ port, kind: "hang" satisfies CallFault, ...span });
  const { documents, warehouse } = started.ports;
  const outcomes: unknown[] = [];
  const call = port === "warehouse" ? warehouse.query("SELECT 1") : documents.get("c", "a");
  void call.catch((error: unknown) => outcomes.push(error));
  await quiet();
  expect(clock.nextWake()).toBe(start + ms);
  await pass(clock, ms - 1);
  await quiet();
  expect(outcomes).toEqual([]);
  await pass(clock, 1);
  await quiet();
  expect(outcomes).toMatchObject([{ failure: "transient", about: port }]);
});

test("while its clock is ahead a process reads the wrong time, and sleeps as long as it says", async () => {
  const { clock, faulty, started, quiet } = stage();
  faulty.add({ port: "clock", byMs: 48 * hour, function: "tester", ...span });
  let woke = 0;
  void started.ports.clock.sleep(2_000).then(() => woke++);
  expect(started.ports.clock.now()).toBe(start + 48 * hour);
  expect(clock.nextWake()).toBe(start + 2_000);
  await pass(clock, 2_000);
  await quiet();
  expect(woke).toBe(1);
  clock.set(start + hour);
  expect(started.ports.clock.now()).toBe(start + hour);
});

const message = { topic: "runs", attributes: { "ce-id": "1" }, data: Buffer.from("{}") };
const change = {
  writes: ["a", "b", "c"].map((id) => ({ op: "set", collection: "c", id, data: { id } }) as const),
  publish: [message],
  outbox: "cause",
};

test.for<[when: string, diesAt: number, stored: number]>([
  ["before it", 1, 0],
  ["after its first write", 2, 0],
  ["after its last", 5, 0],
  ["after it", 6, 3],
])("of a commit all or nothing is stored when the process dies %s", async ([, diesAt, stored]) => {
  const { documents, started, quiet } = stage({ diesAt });
  let answered = 0;
  void started.ports.documents.commit(change).finally(() => answered++);
  await quiet();
  expect(started.isAlive()).toBe(false);
  expect(answered).toBe(0);
  expect(await documents.list("c")).toHaveLength(stored);
  expect(await documents.list(OUTBOX)).toHaveLength(stored === 0 ? 0 : 1);
});

test.for(["transient", "permanent", "needs-human"] as const)(
  "a commit stands when publishing it fails %s, and is published later",
  async (failure) => {
    const { clock, faulty, documents, started } = stage();
    faulty.add({ port: "bus", kind: "publish-fails-after-commit", failure, ...span });
    await started.ports.documents.commit(change);
    await expect(started.ports.documents.flush("cause")).rejects.toMatchObject({ failure, about: "bus" });
    expect([await documents.list("c"), await documents.list(OUTBOX)].map(({ length }) => length)).toEqual([3, 1]);
    clock.set(start + hour);
    await started.ports.documents.flush("cause");
    expect(await documents.list(OUTBOX)).toEqual([]);
  },
);
