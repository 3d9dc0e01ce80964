/** The whole way of a caller's token: over HTTP, through the framework, to the route that is told who calls. */

import { generateKeyPairSync, sign } from "node:crypto";
import type { AddressInfo } from "node:net";
import { getTestServer } from "@google-cloud/functions-framework/testing";
import type { Dependencies, FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import { httpHandler } from "@kintsugi/function-kit/http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serve } from "./serve.ts";
import { verifyCaller } from "./verify-caller.ts";
import { googleKeys } from "./verify-caller-keys.ts";

const NOW_MS = Date.parse("2026-02-05T20:00:00Z");
const OWN = "https://asked-abc.run.app";
const BUS = "push@shop.iam.gserviceaccount.com";
const google = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const KEYS = { keys: [{ ...google.publicKey.export({ format: "jwk" }), kid: "k1" }] };
let isGoogleDown = false;
const fetchKeys: typeof fetch = async () => {
  if (isGoogleDown) throw new Error("down");
  return Response.json(KEYS);
};

function token(email: string, kid = "k1"): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    iss: "https://accounts.google.com",
    aud: OWN,
    exp: NOW_MS / 1_000 + 60,
    iat: NOW_MS / 1_000,
    email,
    email_verified: true,
  };
  const signed = `${part({ alg: "RS256", kid })}.${part(claims)}`;
  return `Bearer ${signed}.${sign("RSA-SHA256", Buffer.from(signed), google.privateKey).toString("base64url")}`;
}

const asked: FunctionDeclaration = {
  name: "asked",
  channel: "watch",
  isConfigured: () => true,
  subscribes: [],
  publishes: [],
  onRun: () => async () => ({ verdict: "ok", reason: "looked" }),
  routes: () => [
    { method: "POST", path: "/asks", handle: async ({ caller }) => ({ status: 200, body: { caller: caller?.id ?? null } }) },
    { method: "POST", path: "/slack/actions", reads: "bytes", handle: async () => ({ status: 200, body: {} }) },
  ],
};
const documents = { get: async () => undefined, list: async () => [], sweepOutbox: async () => [] };
const now = (): number => NOW_MS;
const bus = { publish: async () => {} };
const dependencies = { config: { hidden: [] }, bus, documents, clock: { now, sleep: async () => {} } } as unknown as Dependencies;
let nowMs = NOW_MS;
const keyOf = googleKeys({ fetch: fetchKeys, now: () => nowMs, deadlineMs: 1_000 });
const identify = verifyCaller({ audiences: [OWN], isCheckedByIam: false, keyOf, now });
serve(
  "asked",
  httpHandler(asked, dependencies, () => {}, { random: () => 0, callers: { identify, pushAccounts: [BUS] } }),
);
const server = getTestServer("asked");
let url: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

async function post(path: string, authorization?: string): Promise<[number, unknown]> {
  const headers = authorization === undefined ? {} : { authorization };
  const response = await fetch(`${url}${path}`, { method: "POST", body: "{}", headers });
  return [response.status, await response.json()];
}

test("a route is told whom the token names, and nobody without one reaches it", async () => {
  expect(await post("/asks", token("ann@example.com"))).toEqual([200, { caller: "ann@example.com" }]);
  expect(await post("/asks")).toEqual([
    401,
    { error: "there is no ID token. Send a Google ID token for this function as `Authorization: Bearer TOKEN`" },
  ]);
  const forged = token("ann@example.com").replace(/.{8}$/, "AAAAAAAA");
  expect(await post("/asks", forged)).toEqual([401, { error: "the ID token's signature does not match" }]);
});

test("Slack's requests bear no token", async () => {
  expect(await post("/slack/actions")).toEqual([200, {}]);
});

test("the bus and the scheduler alone bring events and start runs", async () => {
  expect(await post("/run", token(BUS))).toMatchObject([200, { verdict: "ok" }]);
  expect((await post("/run"))[0]).toBe(401);
  expect((await post("/events/healing", token("ann@example.com")))[0]).toBe(403);
});

test("while Google's keys cannot be read the caller is to come again", async () => {
  [isGoogleDown, nowMs] = [true, NOW_MS + 3_600_000];
  expect(await post("/asks", token("ann@example.com"))).toEqual([503, { error: "the keys of Google's ID tokens cannot be read: down" }]);
});
