import { expect, test } from "vitest";
import { faults, type Faults } from "./faults.ts";
import { virtualClock, type VirtualClock } from "./virtual-clock.ts";
import type { FaultKind } from "./fault.ts";

const start = Date.parse("2026-02-05T14:00:00Z");
const hour = 3_600_000;

function stageWith(kind: FaultKind): {
  clock: VirtualClock;
  faulty: Faults;
  done: string[];
  write: () => Promise<string>;
  read: () => Promise<string>;
} {
  const clock = virtualClock(start);
  const faulty = faults(clock);
  faulty.add({ port: "documents", kind, fromMs: start, untilMs: start + hour });
  const done: string[] = [];
  const act = (name: string) => async (): Promise<string> => {
    done.push(name);
    return name;
  };
  return {
    clock,
    faulty,
    done,
    write: () => faulty.call("documents", true, act("write")),
    read: () => faulty.call("documents", false, act("read")),
  };
}

test.for<[kind: FaultKind, failure: string]>([
  ["unavailable", "transient"],
  ["denied", "needs-human"],
  ["rate_limited", "wait-until"],
])("while a port is %s nothing works, and the failure is %s", async ([kind, failure]) => {
  const { write, done } = stageWith(kind);
  await expect(write()).rejects.toMatchObject({ failure, about: "documents" });
  expect(done).toEqual([]);
});

test("an ambiguous write works and says that it failed; a read is not touched", async () => {
  const { write, read, done } = stageWith("ambiguous");
  await expect(write()).rejects.toMatchObject({ failure: "transient" });
  expect(await read()).toBe("read");
  expect(done).toEqual(["write", "read"]);
});

test("a partial port answers every other call", async () => {
  const { read } = stageWith("partial");
  await expect(read()).rejects.toMatchObject({ failure: "transient" });
  expect(await read()).toBe("read");
});

test("a slow port takes five seconds of the stage's time", async () => {
  const { clock, read, done } = stageWith("slow");
  const reading = read();
  expect(clock.nextWake()).toBe(start + 5_000);
  clock.set(start + 4_999);
  expect(clock.wake()).toBe(0);
  clock.set(start + 5_000);
  expect(clock.wake()).toBe(1);
  expect(await reading).toBe("read");
  expect(done).toEqual(["read"]);
});

test.for<[name: string, atMs: number, works: boolean]>([
  ["a moment before its end it still holds", start + hour - 1, false],
  ["at its end it is over", start + hour, true],
])("a fault lasts as long as it says: %s", async ([, atMs, works]) => {
  const { clock, faulty, read } = stageWith("unavailable");
  clock.set(atMs);
  expect(faulty.active("documents")).toBe(works ? undefined : "unavailable");
  expect(faulty.nextEnd()).toBe(works ? undefined : start + hour);
  await expect(read().catch(() => "failed")).resolves.toBe(works ? "read" : "failed");
});

test("a rate limit says when it is worth another try, and not beyond its own end", async () => {
  const { clock, write } = stageWith("rate_limited");
  await expect(write()).rejects.toMatchObject({ untilMs: start + 30_000 });
  clock.set(start + hour - 10_000);
  await expect(write()).rejects.toMatchObject({ untilMs: start + hour });
});

test("other ports are not touched, and the newest fault of a port counts", async () => {
  const { faulty } = stageWith("unavailable");
  expect(faulty.active("warehouse")).toBeUndefined();
  faulty.add({ port: "documents", kind: "slow", fromMs: start, untilMs: start + 60_000 });
  expect(faulty.active("documents")).toBe("slow");
  expect(faulty.nextEnd()).toBe(start + 60_000);
});

test("the clock never goes back", () => {
  const clock = virtualClock(start);
  clock.set(start + 1_000);
  clock.set(start);
  expect(clock.now()).toBe(start + 1_000);
});
