/** What the bus and a caller get from a function whose stores fail, and within what time; and that nothing is lost or done twice. */

import type { FunctionDeclaration, NewEvent } from "@kintsugi/function-kit/declaration";
import { type HttpHandler, httpHandler } from "@kintsugi/function-kit/http";
import { firestoreDocuments } from "@kintsugi/gcp/firestore-documents";
import { pubsubBus } from "@kintsugi/gcp/pubsub-bus";
import type { Documents } from "@kintsugi/ports/documents";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Emulators, startEmulators } from "../support/emulators.ts";
import { createTopic, subscribeAll } from "../support/pubsub-pull.ts";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";

const DEADLINE_MS = 4_000;
let emulators: Emulators;
let firestore: FaultProxy;
let pubsub: FaultProxy;
let directly: (project: string) => Documents;

beforeAll(async () => {
  emulators = await startEmulators();
  const [realFirestore, realPubsub] = [process.env["FIRESTORE_EMULATOR_HOST"]!, process.env["PUBSUB_EMULATOR_HOST"]!];
  [firestore, pubsub] = await Promise.all([startFaultProxy(realFirestore), startFaultProxy(realPubsub)]);
  directly = (project) => {
    process.env["FIRESTORE_EMULATOR_HOST"] = realFirestore;
    return firestoreDocuments({ project, bus: pubsubBus({ project }), now: Date.now, deadlineMs: 30_000 });
  };
  await directly("kintsugi-warm").get("kintsugi_x", "a");
});
afterAll(async () => {
  await firestore?.close();
  await pubsub?.close();
  await emulators?.stop();
});

const said: NewEvent = { type: "incident.acknowledged", purpose: "said", data: { actor: "ann", reason: "", incident: "canary:a.b" } };

/** What happens to the network between what a function has read and what it writes. */
let beforeCommit: (() => Promise<void>) | undefined;

/** Counts events in one document, as windows are counted, and announces each. */
function counter(documents: Documents): FunctionDeclaration {
  return {
    name: "counter",
    channel: "watch",
    isConfigured: () => true,
    subscribes: ["healing"],
    publishes: ["operator", "runs"],
    onEvents: () => async (events) => {
      const before = await documents.get("kintsugi_count", "all");
      const data = { n: Number(before?.data["n"] ?? 0) + events.length };
      const place = { collection: "kintsugi_count", id: "all", data } as const;
      const write =
        before === undefined ? ({ op: "create", ...place } as const) : ({ op: "set", ...place, version: before.version } as const);
      await beforeCommit?.();
      return { writes: [write], publish: events.map(({ id }) => ({ ...said, purpose: `said ${id}` })) };
    },
    onRun: () => async () => ({ verdict: "ok" }),
    routes: () => [{ method: "POST", path: "/ask", handle: async () => ({ status: 200, body: { can_proceed: true }, publish: [said] }) }],
  };
}

/** A function whose stores stand behind the proxies. @param now as its outbox sees it */
async function serve(project: string, now: () => number = Date.now): Promise<{ handle: HttpHandler; documents: Documents }> {
  const direct = process.env["PUBSUB_EMULATOR_HOST"]!;
  process.env["FIRESTORE_EMULATOR_HOST"] = firestore.address;
  process.env["PUBSUB_EMULATOR_HOST"] = pubsub.address;
  const bus = pubsubBus({ project, deadlineMs: DEADLINE_MS });
  const documents = firestoreDocuments({ project, bus, now, deadlineMs: DEADLINE_MS });
  const clock = { now: Date.now, sleep: (ms: number) => new Promise<void>((done) => void setTimeout(done, ms)) };
  const dependencies = { config: { hidden: [] }, documents, bus, clock } as unknown as Parameters<typeof httpHandler>[1];
  const handle = httpHandler(counter(documents), dependencies, () => {}, { random: () => 0.5 });
  // The clients look for their emulators with their first call.
  await documents.get("kintsugi_x", "a");
  await bus.publish([{ topic: "operator", attributes: { "ce-id": "warm" }, data: Buffer.from("{}") }]).catch(() => {});
  process.env["PUBSUB_EMULATOR_HOST"] = direct;
  return { handle, documents };
}

function heal(id: string): Parameters<HttpHandler>[0] {
  const data = Buffer.from(JSON.stringify({ type: "healing.completed", healing_type: "retry", id })).toString("base64");
  const body = Buffer.from(JSON.stringify({ message: { data, messageId: `m-${id}` }, subscription: "s" }));
  return { method: "POST", path: "/events/healing", headers: { "content-type": "application/json" }, body };
}
const post = (path: string): Parameters<HttpHandler>[0] => ({ method: "POST", path, headers: {}, body: new Uint8Array() });

async function timed<T>(name: string, run: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const began = performance.now();
  const result = await run();
  const ms = Math.round(performance.now() - began);
  console.log(`${name}: ${JSON.stringify(result)} after ${ms} ms`);
  return { result, ms };
}

async function counted(project: string): Promise<unknown> {
  return (await directly(project).get("kintsugi_count", "all"))?.data["n"];
}

test("while a topic is missing its events wait, the sender comes again, and what is stored is no dead letter", async () => {
  const project = "kintsugi-no-topic";
  const { handle } = await serve(project);
  for (let delivery = 0; delivery < 6; delivery++) expect((await handle(heal("a"))).status).toBe(503);
  const received = await subscribeAll(project, "operator");
  expect((await handle(heal("a"))).status).toBe(200);
  expect(await received()).toHaveLength(1);
  expect([await counted(project), await directly(project).list("kintsugi_dead_letters")]).toEqual([1, []]);
  expect(await directly(project).list("kintsugi_outbox")).toEqual([]);
});

test.for(["refused", "hanging", "answers-lost"] as const)(
  "while Firestore's network is %s the sender comes again in time, and each event counts once",
  async (network) => {
    const project = `kintsugi-firestore-${network}`;
    const { handle } = await serve(project);
    const received = await subscribeAll(project, "operator");
    await firestore.become(network);
    const { result, ms } = await timed(`event, firestore ${network}`, () => handle(heal("a")));
    expect(result.status).toBe(503);
    expect(ms).toBeLessThan(2 * DEADLINE_MS + 2_000);
    await firestore.become("up");
    await expect.poll(async () => (await handle(heal("a"))).status, { timeout: 20_000, interval: 300 }).toBe(200);
    expect([await counted(project), (await received()).length]).toEqual([1, 1]);
  },
);

test("a commit whose answer is lost has worked: the sender comes again, and the event counts once and is told once", async () => {
  const project = "kintsugi-commit-lost";
  const { handle } = await serve(project);
  const received = await subscribeAll(project, "operator");
  beforeCommit = () => firestore.become("answers-lost");
  const { result, ms } = await timed("event, answer of the commit lost", () => handle(heal("a")));
  beforeCommit = undefined;
  expect(result.status).toBe(503);
  expect(ms).toBeLessThan(2 * DEADLINE_MS + 2_000);
  expect([await counted(project), (await directly(project).list("kintsugi_outbox")).length]).toEqual([1, 1]);
  await firestore.become("up");
  await expect.poll(async () => (await handle(heal("a"))).status, { timeout: 20_000, interval: 300 }).toBe(200);
  expect([await counted(project), (await received()).length]).toEqual([1, 1]);
});

test.for(["refused", "hanging", "answers-lost"] as const)(
  "while Pub/Sub's network is %s the sender comes again in time, and the events leave later",
  async (network) => {
    const project = `kintsugi-pubsub-${network}`;
    const received = await subscribeAll(project, "operator");
    const { handle } = await serve(project);
    await pubsub.become(network);
    const { result, ms } = await timed(`event, pub/sub ${network}`, () => handle(heal("a")));
    expect(result).toMatchObject({ status: 503, body: { error: expect.stringMatching(/^stored, but not published yet/) } });
    expect(ms).toBeLessThan(DEADLINE_MS + 1_500);
    await pubsub.become("up");
    await expect.poll(async () => (await handle(heal("a"))).status, { timeout: 20_000, interval: 300 }).toBe(200);
    const ids = new Set((await received()).map(({ attributes }) => attributes["ce-id"]).filter((id) => id !== "warm"));
    expect([await counted(project), ids.size]).toEqual([1, 1]);
  },
);

test("what a function that died left behind leaves with any function's next run, and what no topic takes is told of until it has left", async () => {
  const project = "kintsugi-died";
  const died = await serve(project, () => Date.now() - 120_000);
  await createTopic(project, "runs");
  await died.handle(heal("a"));
  const { handle } = await serve(project);
  const subject = { kind: "dead-letter", function: "counter" };
  const told = await handle(post("/run"));
  expect(told).toMatchObject({
    status: 200,
    body: { observations: [{ verdict: "ok" }, { subject, verdict: "finding", severity: "red" }] },
  });
  const received = await subscribeAll(project, "operator");
  const later = async () =>
    await handle({ ...post("/run"), headers: { "x-cloudscheduler-scheduletime": new Date(Date.now() + 60_000).toISOString() } });
  expect((await later()).body["observations"]).toMatchObject([{ verdict: "ok" }, { subject, verdict: "ok" }]);
  expect(await received()).toHaveLength(1);
  expect(await directly(project).list("kintsugi_outbox")).toEqual([]);
});

test.for([
  ["pub/sub", () => pubsub],
  ["firestore", () => firestore],
] as const)(
  "a gate whose %s hangs answers within two seconds and a half, and what is stored of its decision leaves later",
  async ([name, proxy]) => {
    const project = `kintsugi-gate-${name.replace("/", "")}`;
    const received = await subscribeAll(project, "operator");
    const { handle } = await serve(project);
    await proxy().become("hanging");
    const { result, ms } = await timed(`gate, ${name} hanging`, () => handle(post("/ask")));
    expect(result).toEqual({ status: 200, body: { can_proceed: true } });
    expect(ms).toBeLessThan(2_500);
    await new Promise((done) => void setTimeout(done, DEADLINE_MS));
    await proxy().become("up");
    if (name === "firestore") return;
    await directly(project).sweepOutbox(Date.now() + 1_000);
    expect((await received()).filter(({ attributes }) => attributes["ce-id"] !== "warm")).toHaveLength(1);
  },
);
