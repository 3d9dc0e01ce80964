import type { Change, Documents } from "@kintsugi/ports/documents";
import { Conflict, Failure } from "@kintsugi/ports/failure";
import { expect, test } from "vitest";
import { answerRoute } from "./answer-route.ts";
import { noPauses } from "./conflict-pauses.ts";
import type { Dependencies, FunctionDeclaration, NewEvent, Route } from "./declaration.ts";
import { LATE, type Within } from "./within.ts";

const event: NewEvent = { type: "incident.acknowledged", purpose: "said", data: { actor: "ann", reason: "", incident: "canary:a.b" } };

function open(route: Route, { conflicts = 0 } = {}) {
  let [nowMs, left] = [1_000, conflicts];
  const changes: Change[] = [];
  const documents = {
    async commit(change: Change) {
      if (left-- > 0) throw new Conflict("somebody else wrote first");
      changes.push(change);
    },
    flush: async () => {},
  } as unknown as Documents;
  const declaration: FunctionDeclaration = {
    name: "asked",
    channel: "watch",
    isConfigured: () => true,
    subscribes: [],
    publishes: ["operator"],
    routes: () => [route],
  };
  const answer = answerRoute(declaration, { config: { hidden: [] }, documents, clock: { now: () => nowMs++ } } as unknown as Dependencies);
  return {
    ask: (body: string | Uint8Array, { path = "/things/a%20b/asks", method = "POST", headers = {} } = {}) =>
      answer({ method, path, headers, body: Buffer.from(body) }),
    ids: () => changes.flatMap(({ publish }) => publish.map(({ attributes }) => attributes["ce-id"])),
    changes,
  };
}

const path = "/things/{thing}/asks";
const echo: Route = {
  method: "POST",
  path,
  handle: async ({ params, body }) => ({ status: 200, body: { ...params, got: body as string } }),
};

test.for<[name: string, body: string, how: object, expected: object | undefined]>([
  ["reads JSON", '{"a":1}', {}, { status: 200, body: { thing: "a b", got: { a: 1 } } }],
  ["takes no body for an empty one", "", {}, { status: 200, body: { thing: "a b", got: {} } }],
  ["refuses what is no JSON", "{", {}, { status: 400 }],
  ["names the method", "", { method: "GET" }, { status: 405, body: { error: "/things/a%20b/asks takes POST" } }],
  ["leaves other paths to others", "", { path: "/other" }, undefined],
])("a route %s", async ([, body, how, expected]) => {
  const answered = await open(echo).ask(body, how);
  expect([answered]).toMatchObject([expected]);
});

test("a route that reads bytes gets them as they came, with the headers", async () => {
  const seen: unknown[] = [];
  const route: Route = {
    method: "POST",
    path,
    reads: "bytes",
    async handle({ bytes, headers }) {
      seen.push([...bytes], headers);
      return { status: 200, body: {} };
    },
  };
  await open(route).ask(Uint8Array.from([0xff, 0x00, 0x7b]), { headers: { "x-signature": "s" } });
  expect(seen).toEqual([[0xff, 0x00, 0x7b], { "x-signature": "s" }]);
});

const announcing = (more: { readonly cause?: string }): Route => ({
  method: "POST",
  path,
  handle: async () => ({ status: 200, body: {}, publish: [event], ...more }),
});

test("two equal requests are two events, unless the route names their cause", async () => {
  for (const [more, count] of [
    [{}, 2],
    [{ cause: "the same press" }, 1],
  ] as const) {
    const { ask, ids } = open(announcing(more));
    await ask("{}");
    await ask("{}");
    expect(new Set(ids()).size).toBe(count);
  }
});

test("where another request wrote meanwhile, the route looks again", async () => {
  const { ask, changes } = open(announcing({}), { conflicts: 2 });
  expect(await ask("{}")).toMatchObject({ status: 200 });
  expect(changes).toHaveLength(1);
});

test("it does not look again for ever", async () => {
  await expect(open(announcing({}), { conflicts: 100 }).ask("{}")).rejects.toThrow(Conflict);
});

/** A store that keeps the answer to one of its calls to itself until it is told to give it. */
function hanging(call: "commit" | "flush") {
  const facts: { message: string }[] = [];
  let end = (_error?: Error): void => {};
  const hang = () => new Promise<void>((resolve, reject) => void (end = (error) => (error === undefined ? resolve() : reject(error))));
  const documents = { commit: async () => {}, flush: async () => {}, [call]: hang } as unknown as Documents;
  const declaration: FunctionDeclaration = {
    name: "asked",
    channel: "watch",
    isConfigured: () => true,
    subscribes: [],
    publishes: ["operator"],
    routes: () => [announcing({})],
  };
  const dependencies = { config: { hidden: [] }, documents, clock: { now: () => 1_000 } } as unknown as Dependencies;
  const waits: number[] = [];
  const within: Within = async (work, ms, onLateFailure) => {
    waits.push(ms);
    const first = await Promise.race([work, new Promise<typeof LATE>((resolve) => setImmediate(() => resolve(LATE)))]);
    if (first === LATE) work.catch(onLateFailure);
    return first;
  };
  const answer = answerRoute(declaration, dependencies, { within, pauses: noPauses, log: (fact) => void facts.push(fact) });
  const ask = () => answer({ method: "POST", path: "/things/a/asks", headers: {}, body: Buffer.from("{}") });
  return { ask, facts, waits, end: (error?: Error) => end(error) };
}

test("an answer does not wait for its record longer than two seconds, and what becomes of the record is told", async () => {
  const { ask, facts, waits, end } = hanging("commit");
  expect(await ask()).toEqual({ status: 200, body: {} });
  end(new Conflict("somebody else wrote first"));
  await new Promise(setImmediate);
  expect(waits).toEqual([2_000]);
  expect(facts.map(({ message }) => message)).toEqual(["answered before it was stored", "answered, and not stored"]);
});

test("nor does it wait longer for the bus, which gets what is stored later", async () => {
  const { ask, facts, end } = hanging("flush");
  expect(await ask()).toEqual({ status: 200, body: {} });
  end(new Failure("needs-human", "nobody may publish"));
  await new Promise(setImmediate);
  expect(facts.map(({ message }) => message)).toEqual(["answered, and not published yet"]);
});

test("no secret is answered", async () => {
  const leaky: Route = { method: "POST", path, handle: async () => ({ status: 200, body: { said: "Bearer abcdef0123456789" } }) };
  expect(await open(leaky).ask("{}")).toEqual({ status: 200, body: { said: "Bearer ****" } });
});
