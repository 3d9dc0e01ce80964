import type { Change } from "@kintsugi/ports/documents";
import { expect, test } from "vitest";
import type { Dependencies, FunctionDeclaration, NewEvent, RunOutcome } from "./declaration.ts";
import { performRun } from "./perform-run.ts";

const now = Date.parse("2026-02-05T20:00:00Z");

/** One run of a function that ends so, and what it stores. */
async function runOf(outcome: RunOutcome, by?: string): Promise<{ run: unknown; change: Change }> {
  const changes: Change[] = [];
  const dependencies = {
    config: { hidden: [] },
    clock: { now: () => now },
    // What changes nothing is only published.
    bus: { publish: async (publish: Change["publish"]) => void changes.push({ writes: [], publish, outbox: "" }) },
    documents: { get: async () => undefined, commit: async (change: Change) => void changes.push(change), flush: async () => {} },
  } as unknown as Dependencies;
  const declaration: FunctionDeclaration = {
    name: "canary",
    channel: "canary",
    isConfigured: () => true,
    subscribes: [],
    publishes: ["canary", "runs"],
    onRun: () => async () => outcome,
  };
  const run = await performRun(declaration, dependencies, () => {})({ dueMs: now, ...(by === undefined ? {} : { by }) });
  return { run, change: changes[0]! };
}

const typesOf = ({ publish }: Change): readonly (string | undefined)[] => publish.map(({ attributes }) => attributes["ce-type"]);
const evaluated = (reason: string, bytes = 0): NewEvent<"canary.evaluated"> => ({
  type: "canary.evaluated",
  purpose: "evaluated",
  data: {
    due: new Date(now).toISOString(),
    checks: [{ phase: "raw", check: "rows", verdict: "unknown", reason, severity: "red", metrics: [] }],
    bytes,
    dollars: 0,
  },
});
const write = { op: "set", collection: "c", id: "i", data: {} } as const;

test("a run stores what it found together with its trace", async () => {
  const { run, change } = await runOf({ verdict: "ok", publish: [evaluated("away")], writes: [write] });
  expect(run).toMatchObject({ function: "canary", verdict: "ok" });
  expect(typesOf(change)).toEqual(["io.kintsugi.canary.evaluated.v1", "io.kintsugi.run.completed.v1"]);
  expect(change.writes).toContainEqual(write);
});

test.for<[name: string, outcome: RunOutcome, reason: RegExp]>([
  ["is larger than an event", { verdict: "ok", publish: [evaluated("x".repeat(70_000))], writes: [write] }, /would hold 7\d{4} bytes/],
  ["is not as agreed", { verdict: "ok", publish: [evaluated("away", Number.NaN)], writes: [write] }, /cannot be told/],
  [
    "names a target that no event may carry",
    {
      verdict: "ok",
      healers: [
        {
          healer: "h",
          verdict: "ok",
          considered: 1,
          stalled: 1,
          pending: 0,
          closed: [],
          escalated: [{ target: "a\nb", reason: "r", text: "" }],
          limited: [],
        },
      ],
    },
    /cannot be told/,
  ],
])("a run whose finding %s leaves its trace all the same, as unknown", async ([, outcome, reason]) => {
  const { run, change } = await runOf(outcome);
  expect(run).toMatchObject({ verdict: "unknown", reason: expect.stringMatching(reason) });
  expect(typesOf(change)).toEqual(["io.kintsugi.run.completed.v1"]);
  expect(change.writes).toHaveLength(0);
});

test.for<[name: string, outcome: RunOutcome, own: object]>([
  ["could look", { verdict: "ok" }, { verdict: "ok" }],
  ["had nothing to look at", { verdict: "ok", isIdle: true }, { verdict: "not_applicable" }],
  ["rests in a mode", { verdict: "not_applicable", reason: "off-season" }, { verdict: "not_applicable", reason: "off-season" }],
  [
    "could not look",
    { verdict: "unknown", reason: "the warehouse is away", cause: "warehouse" },
    { verdict: "unknown", severity: "yellow", cause: "warehouse", channel: "canary" },
  ],
])("a run that %s says so of its function, before all else", async ([, outcome, own]) => {
  const worker = { subject: { kind: "service", service: "worker" }, verdict: "ok" } as const;
  const { run } = await runOf({ ...outcome, observations: [worker] });
  expect(run).toMatchObject({ observations: [{ subject: { kind: "function", function: "canary" }, ...own }, worker] });
});

test("a scheduled run that changes nothing stores nothing, and one by hand is kept for who asks for its verdict", async () => {
  expect((await runOf({ verdict: "ok" })).change).toMatchObject({ writes: [], publish: [{}] });
  expect((await runOf({ verdict: "ok" }, "hand")).change.writes).toHaveLength(1);
});

test.for<[who: string, isNew: boolean]>([
  ["the same process", false],
  ["another process", true],
])(
  "what a run has stored and could not publish leaves when its trigger comes again to %s, though nothing is left to do",
  async ([, isNew]) => {
    const stored = new Map<string, unknown>();
    const left: string[] = [];
    let isBusClosed = true;
    const documents = {
      get: async (_collection: string, id: string) => (stored.has(id) ? { data: stored.get(id) } : undefined),
      commit: async ({ writes }: Change) => writes.forEach((each) => each.op !== "delete" && stored.set(each.id, each.data)),
      async flush(outbox: string) {
        if (isBusClosed) throw new Error("the bus is away");
        left.push(outbox);
      },
      sweepOutbox: async () => [],
    };
    const publish = (): never => expect.unreachable("it is not told as another run");
    const outcomes: RunOutcome[] = [{ verdict: "ok", writes: [write] }, { verdict: "ok" }];
    const declaration = { name: "canary", publishes: ["runs"], onRun: () => async () => outcomes.shift() ?? { verdict: "ok" } };
    const start = () =>
      performRun(
        declaration as unknown as FunctionDeclaration,
        { config: { hidden: [] }, clock: { now: () => now }, bus: { publish }, documents } as unknown as Dependencies,
        () => {},
      );
    const perform = start();
    await expect(perform({ dueMs: now })).rejects.toMatchObject({ about: "bus" });
    isBusClosed = false;
    await (isNew ? start() : perform)({ dueMs: now });
    expect(left).toHaveLength(1);
  },
);
