import { Failure } from "@kintsugi/ports/failure";
import { expect, test } from "vitest";
import type { Caller, Dependencies, FunctionDeclaration } from "./declaration.ts";
import { type Callers, type Identify, nameActor } from "./http-callers.ts";
import { httpHandler } from "./http.ts";

const BUS = "push@shop.iam.gserviceaccount.com";
/** A token is its holder's address here. */
const identify: Identify = async ({ authorization }) => {
  if (authorization === "down") throw new Failure("transient", "the keys cannot be read");
  return authorization === undefined ? { refused: "there is no token" } : { id: authorization };
};

function open(callers: Callers | undefined) {
  const callersSeen: (Caller | undefined)[] = [];
  const ran: string[] = [];
  const declaration: FunctionDeclaration = {
    name: "asked",
    channel: "watch",
    isConfigured: () => true,
    subscribes: ["healing"],
    publishes: ["runs"],
    onEvents: () => async (events) => (ran.push(...events.map(({ id }) => id)), {}),
    onRun: () => async () => (ran.push("run"), { verdict: "ok", reason: "looked" }),
    routes: () => [
      { method: "POST", path: "/asks", handle: async ({ caller }) => (callersSeen.push(caller), { status: 200, body: {} }) },
      { method: "POST", path: "/signed", reads: "bytes", handle: async () => ({ status: 200, body: {} }) },
    ],
  };
  const documents = {
    get: async () => undefined,
    getMany: async (_: string, ids: readonly string[]) => ids.map(() => undefined),
    commit: async () => {},
    flush: async () => {},
    list: async () => [],
    sweepOutbox: async () => [],
  };
  const dependencies = {
    config: { hidden: [] },
    bus: { publish: async () => {} },
    documents,
    clock: { now: () => Date.parse("2026-02-05T20:00:00Z"), sleep: async () => {} },
  };
  const handle = httpHandler(declaration, dependencies as unknown as Dependencies, () => {}, { random: () => 0, callers });
  const event = Buffer.from(JSON.stringify({ type: "healing.completed", healing_type: "retry", id: "h1" })).toString("base64");
  const body = Buffer.from(JSON.stringify({ message: { data: event, messageId: "m1" } }));
  const post = async (path: string, authorization: string | undefined) =>
    await handle({ method: "POST", path, headers: authorization === undefined ? {} : { authorization }, body });
  return { post, callersSeen, ran };
}

const named: Callers = { identify };
const pushed: Callers = { identify, pushAccounts: [BUS] };

test.for<[name: string, callers: Callers | undefined, path: string, token: string | undefined, status: number]>([
  ["an own route, nobody verified", undefined, "/asks", undefined, 200],
  ["an own route without a token", named, "/asks", undefined, 401],
  ["an own route with one", named, "/asks", "ann@example.com", 200],
  ["an own route while nobody can be verified just now", named, "/asks", "down", 503],
  ["a route that is signed", pushed, "/signed", undefined, 200],
  ["events, no accounts named", named, "/events/healing", undefined, 200],
  ["events without a token", pushed, "/events/healing", undefined, 401],
  ["events of somebody else", pushed, "/events/healing", "ann@example.com", 403],
  ["events of the bus", pushed, "/events/healing", BUS, 200],
  ["events of Eventarc's path without a token", pushed, "/events", undefined, 401],
  ["events while nobody can be verified just now", pushed, "/events/healing", "down", 503],
  ["a run, no accounts named", named, "/run", undefined, 200],
  ["a run without a token", pushed, "/run", undefined, 401],
  ["a run of somebody else", pushed, "/run", "ann@example.com", 403],
  ["a run of the scheduler", pushed, "/run", BUS, 200],
])("%s", async ([, callers, path, token, status]) => {
  const { post, ran } = open(callers);
  expect((await post(path, token)).status).toBe(status);
  expect(ran).toHaveLength(status === 200 && (path.startsWith("/events") || path === "/run") ? 1 : 0);
});

test("a route is told who calls", async () => {
  const { post, callersSeen } = open(named);
  await post("/asks", "ann@example.com");
  expect(callersSeen).toEqual([{ id: "ann@example.com" }]);
});

test("a refusal says what is missing, and who may not", async () => {
  expect((await open(pushed).post("/run", undefined)).body).toEqual({ error: "there is no token" });
  expect((await open(pushed).post("/run", "ann@example.com")).body).toEqual({
    error: "ann@example.com is none of the accounts that may bring events and start runs",
  });
});

test.for<[name: string, caller: Caller | undefined, names: object]>([
  ["the name that was given, where nobody is verified", undefined, { actor: "ann" }],
  ["the name alone, where it is the caller's own", { id: "ann" }, { actor: "ann" }],
  ["the caller, with the other name as a claim", { id: "eve@example.com" }, { actor: "eve@example.com", claimed: "ann" }],
])("an actor is %s", ([, caller, names]) => {
  expect(nameActor("ann", caller)).toEqual(names);
});
