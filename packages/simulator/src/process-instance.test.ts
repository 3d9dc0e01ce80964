import type { Ports } from "@kintsugi/ports/ports";
import { expect, test } from "vitest";
import { callCounter } from "./call-counter.ts";
import { faults } from "./faults.ts";
import { type ProcessInstance, startProcess } from "./process-instance.ts";
import { type VirtualClock, virtualClock } from "./virtual-clock.ts";

const start = Date.parse("2026-02-05T14:00:00Z");

function stage(): { clock: VirtualClock; started: ProcessInstance; quiet: () => Promise<void> } {
  const clock = virtualClock(start);
  const calls = callCounter();
  const documents = { get: async () => undefined };
  const started = startProcess({
    ports: { clock, documents, warehouse: {}, ledger: {}, chat: {} } as unknown as Ports,
    faults: faults(clock),
    crashes: () => false,
    onCrash: () => {},
    calls,
  });
  return { clock, started, quiet: calls.quiet };
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
  clock.set(start + 2_000);
  clock.wake();
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
  clock.set(start + 5_000);
  clock.wake();
  await quiet();
  expect(woke).toBe(0);
});
