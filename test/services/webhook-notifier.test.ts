import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { IncidentChanged } from "@kintsugi/events/alerts";
import type { Event } from "@kintsugi/events/event";
import type { Dependencies } from "@kintsugi/function-kit/declaration";
import { fetchWebhook } from "@kintsugi/notify/fetch-webhook";
import { sampleIncident } from "@kintsugi/notify/sample-incident";
import type { JsonObject } from "@kintsugi/ports/json";
import { virtualClock } from "@kintsugi/simulator/virtual-clock";
import { webhookNotifier } from "@kintsugi/webhook-notifier/function";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { passTime, realCalls } from "../support/pass-time.ts";
import { configOf, openDocuments } from "../support/service-stage.ts";
import { storeIncidents } from "../support/store-incidents.ts";

const startMs = Date.parse("2026-02-05T14:00:00Z");
const opened = "2026-02-05T14:00:00.000Z";
const secret = "secret-of-ops";

type Received = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string };
type Answer = { readonly status: number; readonly headers?: Readonly<Record<string, string>> } | "none";

/** A receiver over real HTTP, which answers as it is told. */
const received: Received[] = [];
let answers: Record<string, Answer> = {};
const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const path = request.url ?? "";
    received.push({ path, headers: request.headers, body: Buffer.concat(parts).toString() });
    const answer = answers[path] ?? { status: 204 };
    if (answer === "none") request.socket.destroy();
    else response.writeHead(answer.status, answer.headers).end();
  });
});
let url = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());
beforeEach(() => {
  received.length = 0;
  answers = {};
});

function incidentData(change: Partial<IncidentChanged> = {}): IncidentChanged {
  return sampleIncident({ title: "boxscores fails", facts: ["games: 7 < 11 é"], opened, last_seen: opened, ...change });
}

function incident(change: Partial<IncidentChanged> = {}): Event {
  const data = incidentData(change);
  const type = data.state === "resolved" ? "incident.resolved" : data.revision === 1 ? "incident.opened" : "incident.updated";
  return { id: `${data.key}:${data.revision}`, source: "test", type, time: data.last_seen, data };
}

const over = { state: "resolved", resolved: "2026-02-05T15:00:00.000Z", change: "resolved" } as const;

function notifier(stage = openDocuments()) {
  const plain = configOf("");
  const receivers = [
    { name: "ops", url: `${url}/ops`, secret, minSeverity: "critical" },
    { name: "all", url: `${url}/all`, minSeverity: "yellow" },
  ] as const;
  const clock = virtualClock(startMs);
  const { counted, settled } = realCalls();
  const dependencies = {
    config: { ...plain, receivers },
    documents: stage.documents,
    sendWebhook: counted(fetchWebhook(fetch)),
    clock,
  } as unknown as Dependencies;
  const handle = webhookNotifier.onEvents!(dependencies);
  const run = webhookNotifier.onRun!(dependencies);
  const events = () => stage.published.map(({ data }) => JSON.parse(Buffer.from(data).toString()) as JsonObject);
  return {
    stage,
    events,
    async deliver(...given: readonly Event[]) {
      clock.set(clock.now() + 1_000);
      clock.wake();
      const { later } = await passTime(clock, handle(given, { nowMs: clock.now(), patienceMs: 60_000 }), settled);
      for (const { error } of later ?? []) throw error;
    },
    run: () => passTime(clock, run({ id: "run", dueMs: clock.now(), nowMs: clock.now() }), settled),
    store: (stored: IncidentChanged) => storeIncidents(stage.set, [stored]),
  };
}

const revisionsAt = (path: string) =>
  received.filter((call) => call.path === path).map(({ body }) => (JSON.parse(body) as { incident: IncidentChanged }).incident.revision);

test("a change is sent as JSON, signed over the body, with an id that repeats when it is sent again", async () => {
  await notifier().deliver(incident());
  const ops = received.find(({ path }) => path === "/ops")!;
  expect(ops.headers).toMatchObject({
    "content-type": "application/json",
    "x-kintsugi-id": `canary:raw.boxscores:${opened}:1`,
    "x-kintsugi-signature": `sha256=${createHmac("sha256", secret).update(Buffer.from(ops.body)).digest("hex")}`,
  });
  expect(JSON.parse(ops.body)).toEqual({
    incident: incidentData(),
    message: {
      headline: "critical: boxscores fails · since 5 Feb 09:00 EST",
      facts: ["games: 7 < 11 é"],
      steps: ["kintsugi why canary:raw.boxscores"],
      notes: ["pipeline test", "canary:raw.boxscores"],
    },
    pipeline: "test",
  });
  expect(received.find(({ path }) => path === "/all")?.headers["x-kintsugi-signature"]).toBeUndefined();
});

test("no secret leaves with what others have written", async () => {
  await notifier().deliver(incident({ facts: ["token=abcdefgh"], said: "Bearer abcdefgh12345678" }));
  expect(received.length).toBeGreaterThan(0);
  expect(received.map(({ body }) => body).join()).not.toContain("abcdefgh");
});

test("every change is sent once and in order, and each receiver hears of what is grave enough for it", async () => {
  const { deliver, events } = notifier();
  const mild = { key: "canary:raw.mild", severity: "yellow" } as const;
  await deliver(incident({ revision: 2, change: "updated" }), incident(), incident(mild));
  await deliver(incident({ revision: 2, change: "updated" }), incident({ revision: 3, ...over }));
  expect(revisionsAt("/ops")).toEqual([1, 2, 3]);
  expect(revisionsAt("/all")).toEqual([1, 2, 1, 3]);
  expect(events().filter(({ receiver }) => receiver === "ops")).toMatchObject([{ kind: "post" }, { kind: "post" }, { kind: "post" }]);
});

test("what nobody is to be told of is not sent, and what was sent goes on being sent", async () => {
  const { deliver } = notifier();
  await deliver(incident({ post: false }));
  expect(received).toEqual([]);
  await deliver(incident({ revision: 2 }));
  await deliver(incident({ revision: 3, post: false, root: "canary:scrape.files" }));
  expect(revisionsAt("/ops")).toEqual([2, 3]);
});

test.for<[name: string, answer: Answer, failure: object]>([
  ["an error of the server", { status: 500 }, { failure: "transient" }],
  ["no answer", "none", { failure: "transient" }],
  ["too early", { status: 425 }, { failure: "transient" }],
  ["a limit", { status: 429, headers: { "retry-after": "7" } }, { failure: "wait-until", untilMs: startMs + 8_000 }],
])("after %s it comes again, and the other receiver is told meanwhile", async ([, answer, failure]) => {
  const { deliver } = notifier();
  answers = { "/ops": answer };
  await expect(deliver(incident())).rejects.toMatchObject(failure);
  expect(revisionsAt("/all")).toEqual([1]);
  answers = {};
  received.length = 0;
  await deliver(incident());
  expect([revisionsAt("/ops"), revisionsAt("/all")]).toEqual([[1], []]);
});

test.for([401, 404, 302])("status %i is a refusal: it is told once, and what is delivered later says that all is well", async (status) => {
  const { deliver, events } = notifier();
  answers = { "/ops": { status, headers: { location: `${url}/all` } } };
  await expect(deliver(incident())).rejects.toMatchObject({ failure: "transient", about: "ops" });
  await expect(deliver(incident())).rejects.toMatchObject({ failure: "transient" });
  const subject = { kind: "dead-letter", function: "webhook-notifier" };
  const title = `ops refuses messages: answered ${status}: check the address and the secret under receivers.ops`;
  expect(events().filter(({ reason }) => reason !== undefined)).toMatchObject([
    { receiver: "ops", observations: [{ subject, verdict: "finding", severity: "red", title, cause: "ops" }] },
  ]);
  answers = {};
  await deliver(incident());
  expect(events().at(-1)).toMatchObject({ receiver: "ops", observations: [{ subject, verdict: "ok" }] });
  expect(JSON.stringify(events())).not.toContain(url);
});

test("a run sends what is open to the receiver that was not told", async () => {
  const { deliver, run, store } = notifier();
  answers = { "/ops": { status: 503 } };
  await expect(deliver(incident())).rejects.toThrow("503");
  await store(incidentData());
  expect(await run()).toMatchObject({ verdict: "unknown", reason: "ops: answered 503", cause: "ops", counts: { told: 0 } });
  answers = {};
  received.length = 0;
  expect(await run()).toMatchObject({ verdict: "ok", counts: { open: 1, told: 1 } });
  expect(await run()).toMatchObject({ verdict: "ok", counts: { open: 1, told: 0 } });
  expect([revisionsAt("/ops"), revisionsAt("/all")]).toEqual([[1], []]);
});
