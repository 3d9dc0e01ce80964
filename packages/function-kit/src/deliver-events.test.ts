import type { Change, Document, Documents } from "@kintsugi/ports/documents";
import { Conflict, Failure } from "@kintsugi/ports/failure";
import { expect, test } from "vitest";
import type { ConflictPauses } from "./conflict-pauses.ts";
import type { Dependencies, Event, FunctionDeclaration, Outcome } from "./declaration.ts";
import { type DeliveredMessage, deliverEvents, type Log } from "./deliver-events.ts";

const now = Date.parse("2026-02-05T20:00:00Z");
const said = { type: "incident.acknowledged", purpose: "said", data: { actor: "ann", reason: "", incident: "canary:a.b" } } as const;

type Store = {
  readonly changes: Change[];
  readonly flushed: string[];
  readonly documents: Documents;
  fail: { commit?: unknown; flush?: unknown };
};

function openStore(): Store {
  const kept = new Map<string, Document>();
  const [changes, flushed]: [Change[], string[]] = [[], []];
  const fail: Store["fail"] = {};
  const documents: Partial<Documents> = {
    get: async (collection, id) => kept.get(`${collection}/${id}`),
    getMany: async (collection, ids) => ids.map((id) => kept.get(`${collection}/${id}`)),
    async commit(change) {
      if (fail.commit !== undefined) throw fail.commit;
      for (const { op, collection, id } of change.writes)
        if (op === "create" && kept.has(`${collection}/${id}`)) throw new Conflict(`${id} exists`);
      changes.push(change);
      for (const write of change.writes)
        if (write.op !== "delete") kept.set(`${write.collection}/${write.id}`, { id: write.id, data: write.data, version: "1" });
    },
    async flush(outbox) {
      flushed.push(outbox);
      if (fail.flush !== undefined) throw fail.flush;
    },
  };
  return { changes, flushed, documents: documents as Documents, fail };
}

type Shell = { readonly onEvents?: (events: readonly Event[]) => Promise<Outcome>; readonly log?: Log; readonly pauses?: ConflictPauses };

function shell(store: Store, { onEvents = async () => ({ publish: [said] }), log = () => {}, pauses }: Shell = {}) {
  const declaration: FunctionDeclaration = {
    name: "tester",
    channel: "watch",
    isConfigured: () => true,
    subscribes: ["healing"],
    publishes: ["operator"],
    onEvents: () => onEvents,
  };
  const dependencies = { config: { hidden: [] }, documents: store.documents, clock: { now: () => now } } as unknown as Dependencies;
  return deliverEvents(declaration, dependencies, log, pauses === undefined ? {} : { pauses });
}

function heal(id: string, more: Partial<DeliveredMessage> = {}): DeliveredMessage {
  const data = Buffer.from(JSON.stringify({ type: "healing.completed", healing_type: "retry", id }));
  return { topic: "healing", messageId: `m-${id}`, attributes: {}, data, publishedMs: now, attempt: 1, ...more };
}

test.for<[name: string, error: Error]>([
  ["the topic is missing", new Failure("permanent", "pub/sub: 5 NOT_FOUND", { about: "bus" })],
  ["nobody may publish", new Failure("needs-human", "pub/sub: 7 PERMISSION_DENIED", { about: "bus" })],
  ["the bus is away", new Failure("transient", "pub/sub: 14 UNAVAILABLE", { about: "bus" })],
  ["nobody knows why", new Error("broken")],
])("what is stored and cannot be published because %s comes back, and is no dead letter", async ([, error]) => {
  const store = openStore();
  const deliver = shell(store);
  store.fail.flush = error;
  const events = [heal("a"), heal("b")];
  for (let delivery = 0; delivery < 7; delivery++)
    expect(await deliver(events)).toMatchObject(events.map(() => ({ action: "nack", reason: expect.stringContaining(error.message) })));
  expect(store.changes).toHaveLength(1);
  delete store.fail.flush;
  expect(await deliver(events)).toMatchObject([{ action: "ack" }, { action: "ack" }]);
  expect(store.changes).toHaveLength(1);
});

test("an event that announces nothing costs no look into the outbox, neither first nor repeated", async () => {
  const store = openStore();
  const deliver = shell(store, { onEvents: async () => ({}) });
  await deliver([heal("a")]);
  await deliver([heal("a")]);
  expect(store.flushed).toEqual([]);
});

test("a message whose events wait holds up none of its batch", async () => {
  const store = openStore();
  const deliver = shell(store);
  store.fail.flush = new Error("away");
  await deliver([heal("a")]);
  store.fail.flush = undefined;
  const flush = store.documents.flush;
  const [left] = store.flushed;
  store.documents.flush = async (outbox) => (outbox === left ? Promise.reject(new Error("still away")) : flush(outbox));
  expect(await deliver([heal("a"), heal("b")])).toMatchObject([{ action: "nack" }, { action: "ack" }]);
});

test.for<[name: string, failure: Failure, again: object]>([
  ["after a while", new Failure("wait-until", "its turn", { untilMs: now + 7_000 }), { reason: "its turn", untilMs: now + 7_000 }],
  ["by back-off", new Failure("transient", "away"), { reason: "away" }],
])(
  "an event that a handler could not handle yet comes back %s, unseen, and the others of its batch are done",
  async ([, failure, again]) => {
    const store = openStore();
    const calls: number[] = [];
    const onEvents = async (events: readonly Event[]): Promise<Outcome> => {
      calls.push(events.length);
      return { later: events.filter(({ id }) => id === "b").map((event) => ({ event, error: failure })) };
    };
    const settlements = await shell(store, { onEvents })([heal("a"), heal("b"), heal("c")]);
    const byId = settlements.toSorted((x, y) => x.message.messageId.localeCompare(y.message.messageId));
    expect(byId).toMatchObject([{ action: "ack" }, { action: "nack", ...again }, { action: "ack" }]);
    expect(calls).toEqual([3]);
    expect(store.changes.flatMap(({ writes }) => writes)).toHaveLength(2);
  },
);

test("marks say when they may go", async () => {
  const store = openStore();
  await shell(store)([heal("a")]);
  expect(store.changes[0]!.writes).toMatchObject([{ op: "create", collection: "kintsugi_seen", expiresMs: now + 7 * 24 * 3_600_000 }]);
});

test("who is slower than another instance pauses before each new look, as often as it may", async () => {
  const store = openStore();
  const paused: number[] = [];
  const pauses = { max: 3, pause: async (conflicts: number) => void paused.push(conflicts) };
  store.fail.commit = new Conflict("somebody else wrote first");
  expect(await shell(store, { pauses })([heal("a")])).toMatchObject([{ action: "nack" }]);
  expect(paused).toEqual([0, 1, 2]);
});

test("an event that comes for the first time is not looked up; one that comes again under another message is handled once all the same", async () => {
  const store = openStore();
  let [asked, handled] = [0, 0];
  const { getMany } = store.documents;
  store.documents.getMany = async (...question) => {
    asked++;
    return await getMany(...question);
  };
  const deliver = shell(store, { onEvents: async () => ({ log: [{ handled: ++handled }] }) });
  await deliver([heal("a")]);
  expect(asked).toBe(0);
  expect(await deliver([heal("a", { messageId: "another" })])).toMatchObject([{ action: "ack" }]);
  expect([asked, store.changes.length]).toEqual([1, 1]);
});

test("a store that is away is asked once for a batch, not once for each of its messages", async () => {
  const store = openStore();
  let asked = 0;
  store.documents.getMany = async () => {
    asked++;
    throw new Failure("transient", "firestore: no answer within 10 s", { about: "documents" });
  };
  const settled = await shell(store)(["a", "b", "c"].map((id) => heal(id, { attempt: 2 })));
  expect(settled.map(({ action }) => action)).toEqual(["nack", "nack", "nack"]);
  expect(asked).toBe(1);
});

test("where the bus does not count, a failure that nobody registered is counted, and ends in the dead letters at the fifth attempt", async () => {
  const store = openStore();
  const deliver = shell(store, { onEvents: () => Promise.reject(new Error("a bug")) });
  const actions: string[] = [];
  for (let delivery = 0; delivery < 5; delivery++)
    actions.push(...(await deliver([heal("a", { attempt: 0 })])).map(({ action }) => action));
  expect(actions).toEqual(["nack", "nack", "nack", "nack", "ack"]);
  const letters = store.changes.flatMap(({ writes }) => writes).filter(({ collection }) => collection === "kintsugi_dead_letters");
  expect(letters).toMatchObject([{ data: { needs_person: true, reason: "a bug" } }]);
});

test("a failure that may pass is never counted, however often it comes", async () => {
  const store = openStore();
  const deliver = shell(store, { onEvents: () => Promise.reject(new Failure("transient", "away")) });
  for (let delivery = 0; delivery < 9; delivery++) expect(await deliver([heal("a", { attempt: 0 })])).toMatchObject([{ action: "nack" }]);
  expect(store.changes).toEqual([]);
});

test("no secret leaves: not in events, marks, writes, logs or reasons", async () => {
  const token = "xoxb-1234567890-abcdef";
  const store = openStore();
  const facts: unknown[] = [];
  const write = { op: "set", collection: "c", id: "i", data: { deep: [{ said: `refused ${token}` }] } } as const;
  const onEvents = async (): Promise<Outcome> => ({
    writes: [write],
    publish: [{ ...said, data: { ...said.data, reason: `for ${token}` } }],
    log: [{ reason: token }],
  });
  await shell(store, { onEvents, log: (fact) => void facts.push(fact) })([heal("a")]);
  const failing = () => Promise.reject(new Error(`answered 401 to Bearer ${token}`));
  const settled = await shell(store, { onEvents: failing, log: (fact) => void facts.push(fact) })([heal("b"), heal("c", { attempt: 5 })]);
  const bytes = store.changes.flatMap(({ publish }) => publish.map(({ data }) => Buffer.from(data).toString()));
  const text = JSON.stringify([store.changes, bytes, facts, settled.map(({ message: _message, ...rest }) => rest)]);
  expect(text).toContain("****");
  expect(text).not.toContain("1234567890-abcdef");
});
