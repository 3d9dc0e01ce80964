import type { Change, Document, Documents } from "@kintsugi/ports/documents";
import { Failure } from "@kintsugi/ports/failure";
import { expect, test } from "vitest";
import type { Dependencies, Event, FunctionDeclaration, Outcome, Route } from "./declaration.ts";
import type { Callers } from "./http-callers.ts";
import { httpHandler } from "./http.ts";
import { LATE, type Within } from "./within.ts";

const start = Date.parse("2026-02-05T20:00:00Z");
const token = "xoxb-1234567890-abcdef";

type Handle = (events: readonly Event[]) => Promise<Outcome>;

type More = { readonly within?: Within; readonly callers?: Callers; readonly routes?: readonly Route[] };

function serve(handle: Handle = async () => ({}), { within, callers, routes = [] }: More = {}) {
  const kept = new Map<string, Document>();
  const clock = { nowMs: start };
  const facts: unknown[] = [];
  const documents: Partial<Documents> = {
    get: async (collection, id) => kept.get(`${collection}/${id}`),
    getMany: async (collection, ids) => ids.map((id) => kept.get(`${collection}/${id}`)),
    async commit({ writes }: Change) {
      for (const write of writes)
        if (write.op !== "delete") kept.set(`${write.collection}/${write.id}`, { id: write.id, data: write.data, version: "1" });
    },
    flush: async () => {},
    list: async () => [],
    sweepOutbox: async () => [],
  };
  const declaration: FunctionDeclaration = {
    name: "tester",
    channel: "watch",
    isConfigured: () => true,
    subscribes: ["healing", "operator"],
    publishes: ["runs"],
    onEvents: () => handle,
    onRun: () => () => Promise.reject(new Error(`answered 401 to Bearer ${token}`)),
    routes: () => routes,
  };
  const said: string[] = [];
  const bus = {
    publish: async (messages: readonly { data: Uint8Array }[]) =>
      void said.push(...messages.map(({ data }) => Buffer.from(data).toString())),
  };
  const dependencies = {
    config: { hidden: [] },
    bus,
    documents,
    clock: { now: () => clock.nowMs, sleep: async () => {} },
  } as unknown as Dependencies;
  const options = { random: () => 0, callers, ...(within === undefined ? {} : { within }) };
  const call = httpHandler(declaration, dependencies, (fact) => void facts.push(fact), options);
  const send = (path: string, event: object, headers: Record<string, string> = {}, messageId = "m1") => {
    const data = Buffer.from(JSON.stringify(event)).toString("base64");
    const body = Buffer.from(JSON.stringify({ message: { data, messageId }, subscription: "s" }));
    return call({ method: "POST", path, headers: { "content-type": "application/json", ...headers }, body });
  };
  const all = (collection: string): readonly Document[] =>
    [...kept].flatMap(([key, document]) => (key.startsWith(`${collection}/`) ? [document] : []));
  return { call, send, all, clock, facts, said };
}

const heal = { type: "healing.completed", healing_type: "retry", id: "h1" };
const mode = { type: "mode.set", mode: "off-season", actor: "mallory", reason: "", source: "kintsugi/cli" };

test("an event of another topic is refused, whatever source it claims, and nobody handles it", async () => {
  const handled: string[] = [];
  const { send, all } = serve(async (events) => (handled.push(...events.map(({ type }) => type)), {}));
  expect(await send("/events/healing", mode)).toEqual({ status: 200, body: {} });
  expect(all("kintsugi_dead_letters").map(({ data }) => data["reason"])).toEqual(["mode.set does not belong on topic healing"]);
  expect(await send("/events/operator", mode, {}, "m2")).toEqual({ status: 200, body: {} });
  expect(handled).toEqual(["mode.set"]);
});

test.for<[name: string, path: string, headers: Record<string, string>]>([
  ["no topic", "/events", {}],
  ["a topic that only the message claims", "/events", { "ce-source": "kintsugi/cli" }],
  ["a topic that is none", "/events/healings", {}],
])("a message that infrastructure brings by %s is taken by nobody", async ([, path, headers]) => {
  const { send, all } = serve();
  expect(await send(path, heal, headers)).toMatchObject({ status: 404 });
  expect(all("kintsugi_seen")).toEqual([]);
});

test("Eventarc, which has one path for all, names the topic", async () => {
  const { send, all } = serve();
  const source = { "ce-source": "//pubsub.googleapis.com/projects/p/topics/kintsugi-healing" };
  expect(await send("/events", heal, source)).toEqual({ status: 200, body: {} });
  expect(await send("/events", mode, source, "m2")).toEqual({ status: 200, body: {} });
  expect([all("kintsugi_seen").length, all("kintsugi_dead_letters").length]).toEqual([1, 1]);
});

test("what is not worth a try before a time is not tried before, though the bus brings it", async () => {
  let tries = 0;
  const { send, clock } = serve(async () => {
    if (++tries === 1) throw new Failure("wait-until", "slack: rate limited", { untilMs: start + 300_000, about: "slack" });
    return {};
  });
  expect(await send("/events/healing", heal)).toEqual({ status: 429, body: { error: "slack: rate limited" } });
  clock.nowMs = start + 299_999;
  expect(await send("/events/healing", heal)).toEqual({ status: 429, body: { error: "not before 2026-02-05T20:05:00.000Z" } });
  clock.nowMs = start + 300_000;
  expect([await send("/events/healing", heal), tries]).toEqual([{ status: 200, body: {} }, 2]);
});

test("what comes while a batch is at work is one batch, and each request has its own answer", async () => {
  const batches: number[] = [];
  const { send } = serve(async (events) => {
    batches.push(events.length);
    await new Promise(setImmediate);
    if (events.some(({ id }) => id === "bad")) throw new Failure("transient", "away");
    return {};
  });
  const ids = Array.from({ length: 20 }, (_, index) => (index === 7 ? "bad" : `h${index}`));
  const answers = await Promise.all(ids.map((id) => send("/events/healing", { ...heal, id }, {}, id)));
  expect(answers.map(({ status }) => status)).toEqual(ids.map((id) => (id === "bad" ? 503 : 200)));
  expect(batches.slice(0, 2)).toEqual([1, 19]);
});

test("a request that takes too long is answered, so that it comes again", async () => {
  const limits: number[] = [];
  const never: Within = async (_work, ms) => (limits.push(ms), LATE);
  const { send } = serve(() => new Promise(() => {}), { within: never });
  expect(await send("/events/healing", heal)).toEqual({ status: 503, body: { error: "no answer within 30 s" } });
  expect(limits).toEqual([30_000]);
});

const post = (path: string, body: string | Uint8Array = "{}", headers: Record<string, string> = {}) => ({
  method: "POST",
  path,
  headers: { "content-type": "application/json", ...headers },
  body: Buffer.from(body),
});
const failing = (error: Error) => serve(() => Promise.reject(error));
const asked = (handle: () => Promise<{ status: number; body: Record<string, string> }>) =>
  serve(undefined, { routes: [{ method: "POST", path: "/asks/{what}", handle }] });
const words = `answered 401 to Bearer ${token}`;
const push = (event: object) =>
  post("/events/healing", JSON.stringify({ message: { data: Buffer.from(JSON.stringify(event)).toString("base64"), messageId: "m1" } }));

test.for<[name: string, status: number, answered: ReturnType<typeof serve>, request: ReturnType<typeof post>]>([
  ["events that come again", 503, failing(new Error(words)), push(heal)],
  ["events that are to wait", 429, failing(new Failure("wait-until", words, { untilMs: start + 1_000 })), push(heal)],
  ["events that nothing helps", 200, failing(new Failure("permanent", words)), push(heal)],
  ["an event that cannot be read", 200, serve(), push({ type: token })],
  ["a body that cannot be read", 200, serve(), post("/events/healing", `{"message": "${token}"}`)],
  ["a topic that is none", 404, serve(), post(`/events/${token}`)],
  ["a run that cannot look", 200, serve(), post("/run")],
  ["no such path", 404, serve(), { ...post(`/nowhere/${token}`), method: "GET" }],
  ["another method", 405, asked(async () => ({ status: 200, body: {} })), { ...post(`/asks/${token}`), method: "GET" }],
  ["a body that is no JSON", 400, asked(async () => ({ status: 200, body: {} })), post("/asks/a", `Bearer ${token}`)],
  ["what a route says", 418, asked(async () => ({ status: 418, body: { error: words } })), post("/asks/a")],
  ["a route that fails", 503, asked(() => Promise.reject(new Error(words))), post("/asks/a")],
  ["a route that fails for good", 500, asked(() => Promise.reject(new Failure("needs-human", words))), post("/asks/a")],
  [
    "a caller who is not known",
    401,
    serve(undefined, { callers: { identify: async () => ({ refused: words }), pushAccounts: [] } }),
    post("/events/healing"),
  ],
  ["a caller who may not", 403, serve(undefined, { callers: { identify: async () => ({ id: token }), pushAccounts: [] } }), post("/run")],
])(
  "a secret reaches neither the answer nor an event nor a document nor a log: %s, %i",
  async ([, status, { call, all, facts, said }, request]) => {
    const answer = await call(request);
    expect(answer.status).toBe(status);
    expect(JSON.stringify([answer, facts, said, all("kintsugi_seen"), all("kintsugi_dead_letters")])).not.toContain("1234567890-abcdef");
  },
);

test("what is hidden is seen to be hidden", async () => {
  const { send } = failing(new Error(words));
  expect((await send("/events/healing", heal)).body).toEqual({ error: "answered 401 to Bearer ****" });
});
