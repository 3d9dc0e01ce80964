import { expect, test } from "vitest";
import type { CallFault } from "./fault.ts";
import { faults, type Faults } from "./faults.ts";
import { virtualClock, type VirtualClock } from "./virtual-clock.ts";

const start = Date.parse("2026-02-05T14:00:00Z");
const hour = 3_600_000;
const span = { fromMs: start, untilMs: start + hour };

type Tried = { clock: VirtualClock; faulty: Faults; done: string[]; write: () => Promise<string>; read: () => Promise<string> };

function stageWith(kind: CallFault): Tried {
  const clock = virtualClock(start);
  const faulty = faults(clock);
  faulty.add({ port: "documents", kind, ...span });
  const done: string[] = [];
  const act = (name: string) => async (): Promise<string> => {
    done.push(name);
    return name;
  };
  const call = { port: "documents", deadlineMs: 10_000, clock } as const;
  return {
    clock,
    faulty,
    done,
    write: () => faulty.call({ ...call, isWrite: true }, act("write")),
    read: () => faulty.call({ ...call, isWrite: false }, act("read")),
  };
}

test.for<[kind: CallFault, failure: string]>([
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

test("a port that hangs has done nothing when its caller gives up, at the caller's deadline", async () => {
  const { clock, write, done } = stageWith("hang");
  const failed = write().catch((error: unknown) => error);
  expect(clock.nextWake()).toBe(start + 10_000);
  clock.set(start + 10_000);
  clock.wake();
  expect(await failed).toMatchObject({ failure: "transient", message: "documents: no answer within 10 s" });
  expect(done).toEqual([]);
});

test("two ports that answer in part count their calls apart", async () => {
  const { faulty, clock, read } = stageWith("partial");
  faulty.add({ port: "slack", kind: "partial", ...span });
  const slack = { port: "slack", isWrite: false, deadlineMs: 10_000, clock } as const;
  await expect(read()).rejects.toThrow("in part only");
  await expect(faulty.call(slack, async () => "found")).rejects.toThrow("in part only");
  expect([await read(), await faulty.call(slack, async () => "found")]).toEqual(["read", "found"]);
});

test.for(["transient", "permanent", "needs-human"] as const)(
  "a publication that fails is %s while it lasts, and the bus takes what others send",
  (failure) => {
    const clock = virtualClock(start);
    const faulty = faults(clock);
    faulty.add({ port: "bus", kind: "publish-fails-after-commit", failure, ...span });
    expect(faulty.publishFailure()).toMatchObject({ failure, about: "bus" });
    expect(faulty.active("bus")).toBeUndefined();
    clock.set(start + hour);
    expect(faulty.publishFailure()).toBeUndefined();
  },
);

test("a clock is off for whom it is named, and for all if nobody is; the newest counts", () => {
  const clock = virtualClock(start);
  const faulty = faults(clock);
  faulty.add({ port: "clock", byMs: 48 * hour, function: undefined, ...span });
  faulty.add({ port: "clock", byMs: -hour, function: "canary", ...span });
  expect([faulty.clockErrorMs("canary"), faulty.clockErrorMs("drift")]).toEqual([-hour, 48 * hour]);
  clock.set(start + hour);
  expect([faulty.clockErrorMs("canary"), faulty.clockErrorMs("drift")]).toEqual([0, 0]);
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
  faulty.add({ port: "documents", kind: "slow", ...span, untilMs: start + 60_000 });
  expect(faulty.active("documents")).toBe("slow");
  expect(faulty.nextEnd()).toBe(start + 60_000);
});

test("the clock never goes back", () => {
  const clock = virtualClock(start);
  clock.set(start + 1_000);
  clock.set(start);
  expect(clock.now()).toBe(start + 1_000);
});
