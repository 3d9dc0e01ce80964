import type { Document, Documents, Unpublished } from "@kintsugi/ports/documents";
import { Failure } from "@kintsugi/ports/failure";
import { expect, test } from "vitest";
import { sweepUnpublished } from "./sweep-unpublished.ts";

const now = Date.parse("2026-02-05T20:00:00Z");
const stuck: Unpublished = { source: "kintsugi/cleanup", topic: "healing", reason: "pub/sub: 7 PERMISSION_DENIED" };
const subject = { kind: "dead-letter", function: "cleanup" };

function open() {
  const kept = new Map<string, Document>();
  const world: { unpublished: readonly Unpublished[]; letters: readonly Document[]; error?: Error; reads: number; until?: number } = {
    unpublished: [],
    letters: [],
    reads: 0,
  };
  const documents = {
    async sweepOutbox(untilMs: number) {
      world.until = untilMs;
      if (world.error !== undefined) throw world.error;
      return world.unpublished;
    },
    async get(_collection: string, id: string) {
      world.reads++;
      return kept.get(id);
    },
    list: async () => world.letters,
  } as unknown as Documents;

  /** A run of the function that sweeps and stores what it is told to. */
  function start(functionName = "canary") {
    const sweep = sweepUnpublished(functionName, documents, () => {});
    return async (isStored = true) => {
      const { observations, writes, settle } = await sweep(now);
      if (!isStored) return observations;
      for (const write of writes)
        if (write.op === "delete") kept.delete(write.id);
        else kept.set(write.id, { id: write.id, data: (write as { data: Document["data"] }).data, version: "1" });
      settle();
      return observations;
    };
  }
  return { world, start, kept };
}

test("what cannot be published is told of whoever wrote it, and told to be over once, when it has left", async () => {
  const { world, start, kept } = open();
  const run = start();
  expect(await run()).toEqual([]);
  world.unpublished = [stuck, { ...stuck, topic: "runs" }];
  expect(await run()).toMatchObject([
    {
      subject,
      verdict: "finding",
      severity: "red",
      channel: "watch",
      title: "cleanup cannot publish: 2 events wait for topic healing, runs",
    },
  ]);
  expect(await run()).toMatchObject([{ subject, verdict: "finding" }]);
  world.unpublished = [];
  expect(await run()).toEqual([{ subject, verdict: "ok" }]);
  expect(await run()).toEqual([]);
  expect([...kept]).toEqual([]);
});

test("what another process told is told to be over by the one that follows it", async () => {
  const { world, start } = open();
  world.unpublished = [stuck];
  await start()();
  world.unpublished = [];
  expect(await start("drift")()).toEqual([]);
  expect(await start()()).toEqual([{ subject, verdict: "ok" }]);
});

test("a run that was not stored has told nothing", async () => {
  const { world, start } = open();
  const run = start();
  world.unpublished = [stuck];
  await run(false);
  world.unpublished = [];
  expect(await run()).toEqual([]);
});

test("a dead letter of the same function that waits for a person keeps the incident open", async () => {
  const { world, start } = open();
  const run = start();
  world.unpublished = [stuck];
  await run();
  world.unpublished = [];
  world.letters = [{ id: "l", data: { function: "cleanup", needs_person: true }, version: "1" }];
  expect(await run()).toEqual([]);
  world.letters = [];
  expect(await run()).toEqual([{ subject, verdict: "ok" }]);
});

test("what is younger than a minute may be on its way, and the book is read once", async () => {
  const { world, start } = open();
  const run = start();
  await run();
  await run();
  expect([world.until, world.reads]).toEqual([now - 60_000, 1]);
});

test("a store that is away makes no run fail", async () => {
  const { world, start } = open();
  world.error = new Failure("transient", "away");
  expect(await start()()).toEqual([]);
});
