/** What a caller of each client gets when the network or the service fails, and within what time. */

import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { bigqueryLedger } from "@kintsugi/gcp/bigquery-ledger";
import { bigqueryWarehouse } from "@kintsugi/gcp/bigquery-warehouse";
import { firestoreDocuments } from "@kintsugi/gcp/firestore-documents";
import { pubsubBus } from "@kintsugi/gcp/pubsub-bus";
import { slackChat } from "@kintsugi/gcp/slack-chat";
import { slackWebhooks } from "@kintsugi/gcp/slack-webhooks";
import { fetchWebhook } from "@kintsugi/notify/fetch-webhook";
import type { Bus, Message } from "@kintsugi/ports/bus";
import type { ChatMessage } from "@kintsugi/ports/chat";
import type { Documents } from "@kintsugi/ports/documents";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Emulators, startEmulators } from "../support/emulators.ts";
import { createTopic } from "../support/pubsub-pull.ts";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";
import { type GrpcRefusals, startGrpcRefusals } from "./grpc-refusals.ts";

const project = "kintsugi-faults";
const message: Message = { topic: "runs", attributes: { "ce-id": "1" }, data: Buffer.from("{}") };
let emulators: Emulators;
let real: { readonly firestore: string; readonly pubsub: string };

beforeAll(async () => {
  emulators = await startEmulators();
  real = { firestore: process.env["FIRESTORE_EMULATOR_HOST"]!, pubsub: process.env["PUBSUB_EMULATOR_HOST"]! };
  await createTopic(project, "runs");
  // Java answers its first call late.
  await documentsAt(real.firestore, 30_000).get("kintsugi_x", "a");
});
afterAll(() => emulators?.stop());

/** The client looks for its emulator with its first call, so one is made with the variable set. */
function documentsAt(host: string, deadlineMs?: number): Documents {
  const unused: Bus = { publish: () => Promise.reject(new Error("not used here")) };
  process.env["FIRESTORE_EMULATOR_HOST"] = host;
  return firestoreDocuments({ project, bus: unused, now: Date.now, deadlineMs });
}

function busAt(host: string, deadlineMs?: number): Bus {
  process.env["PUBSUB_EMULATOR_HOST"] = host;
  return pubsubBus({ project, deadlineMs });
}

/** The failure and how long it took; printed, so that a change of times is seen. */
async function failed(name: string, run: () => Promise<unknown>): Promise<{ error: unknown; ms: number }> {
  const began = performance.now();
  try {
    await run();
  } catch (error) {
    const ms = Math.round(performance.now() - began);
    console.log(`${name}: ${(error as Error).name} ${(error as { failure?: string }).failure ?? ""} after ${ms} ms`);
    return { error, ms };
  }
  throw new Error(`${name} did not fail`);
}

describe("the network", () => {
  let firestore: FaultProxy;
  let pubsub: FaultProxy;
  beforeAll(async () => {
    [firestore, pubsub] = await Promise.all([startFaultProxy(real.firestore), startFaultProxy(real.pubsub)]);
  });
  afterAll(async () => {
    await firestore?.close();
    await pubsub?.close();
  });

  const reading = (documents: Documents) => documents.get("kintsugi_x", "a");
  const listing = (documents: Documents) => documents.list("kintsugi_x");
  const writing = (documents: Documents) =>
    documents.commit({ writes: [{ op: "set", collection: "kintsugi_x", id: "a", data: {} }], publish: [], outbox: "o" });

  test("a Firestore that refuses connections fails in two seconds, and one that hangs at its deadline, to a warm client and to a new one", async () => {
    const warm = documentsAt(firestore.address, 3_000);
    await reading(warm);
    for (const [network, maxMs] of [
      ["hanging", 4_000],
      ["refused", 2_000],
    ] as const) {
      await firestore.become(network);
      const cold = documentsAt(firestore.address, 3_000);
      const calls = [reading(warm), listing(warm), writing(warm), reading(cold)].map((call, index) =>
        failed(`firestore ${network} ${index}`, () => call),
      );
      for (const { error, ms } of await Promise.all(calls)) {
        expect(error).toMatchObject({ failure: "transient", about: "documents" });
        expect(ms).toBeLessThan(maxMs);
      }
      await firestore.become("up");
      if (network === "hanging") await reading(warm);
    }
  });

  test("a client finds its way back when the network does", async () => {
    const documents = documentsAt(firestore.address, 2_000);
    await reading(documents);
    await firestore.become("refused");
    await failed("firestore refused", () => reading(documents));
    await firestore.become("up");
    await expect
      .poll(
        () =>
          reading(documents).then(
            () => "read",
            () => "failed",
          ),
        { timeout: 6_000 },
      )
      .toBe("read");
  });

  test("a connection that swallows all it is given swallows one round of calls, and not the next", async () => {
    const documents = documentsAt(firestore.address, 2_000);
    await reading(documents);
    await firestore.become("hanging");
    await failed("firestore hanging", () => reading(documents));
    firestore.swallowKnown();
    await expect(reading(documents)).resolves.toBeUndefined();
  });

  test("a commit whose answer is lost is made once: whoever made it may look, and finds it", async () => {
    const documents = documentsAt(firestore.address, 5_000);
    await reading(documents);
    await firestore.become("answers-lost");
    const create = { op: "create", collection: "kintsugi_lost", id: "a", data: { n: 1 } } as const;
    const { ms } = await failed("firestore answers lost", () => documents.commit({ writes: [create], publish: [], outbox: "o" }));
    expect(ms).toBeLessThan(6_000);
    await firestore.become("up");
    expect((await documentsAt(real.firestore).get("kintsugi_lost", "a"))?.data).toEqual({ n: 1 });
  });

  test("a Pub/Sub that refuses fails in two seconds, and one that hangs or loses its answers at its deadline", async () => {
    const bus = busAt(pubsub.address, 3_000);
    await bus.publish([message]);
    for (const [network, maxMs] of [
      ["refused", 2_000],
      ["hanging", 4_000],
      ["answers-lost", 4_000],
    ] as const) {
      await pubsub.become(network);
      const { error, ms } = await failed(`pub/sub ${network}`, () => bus.publish([message]));
      expect(error).toMatchObject({ failure: "transient", about: "bus" });
      expect(ms).toBeLessThan(maxMs);
      await pubsub.become("up");
      await expect
        .poll(
          () =>
            bus.publish([message]).then(
              () => "published",
              () => "failed",
            ),
          { timeout: 10_000 },
        )
        .toBe("published");
    }
  });
});

describe("a service that refuses", () => {
  let refusals: GrpcRefusals;
  let documents: Documents;
  let bus: Bus;
  beforeAll(async () => {
    refusals = await startGrpcRefusals();
    documents = documentsAt(refusals.address);
    bus = busAt(refusals.address);
    await documents.get("kintsugi_x", "a").catch(() => {});
  });
  afterAll(() => refusals?.close());

  const change = { writes: [{ op: "create", collection: "kintsugi_x", id: "a", data: {} }], publish: [], outbox: "o" } as const;

  test.for<[name: string, status: number, message: string, expected: object]>([
    ["ABORTED is a conflict: nothing was stored, and somebody else was at it", 10, "too much contention", { name: "Conflict" }],
    ["PERMISSION_DENIED is a person's work", 7, "missing permission", { failure: "needs-human", about: "documents" }],
    ["a database that is missing is a person's work", 5, "The database (default) does not exist for project p", { failure: "needs-human" }],
    ["RESOURCE_EXHAUSTED may pass", 8, "quota exceeded", { failure: "transient", about: "documents" }],
    ["DEADLINE_EXCEEDED may pass, and may have worked", 4, "too slow", { failure: "transient", about: "documents" }],
    ["INVALID_ARGUMENT stays", 3, "document too large", { failure: "permanent" }],
  ])("Firestore's %s, told at once and asked once", async ([name, status, said, expected]) => {
    refusals.refuse(status, said);
    const { error, ms } = await failed(`firestore ${name.split(" ")[0]}`, () => documents.commit(change));
    expect(error).toMatchObject(expected);
    expect(ms).toBeLessThan(1_000);
    expect(refusals.calls()).toBe(1);
  });

  test("UNAVAILABLE, the one that is cheap to repeat, is repeated twice within half a second", async () => {
    refusals.refuse(14, "try again");
    const { error, ms } = await failed("firestore UNAVAILABLE", () => documents.get("kintsugi_x", "a"));
    expect(error).toMatchObject({ failure: "transient", about: "documents" });
    expect(ms).toBeLessThan(1_000);
    expect(refusals.calls()).toBe(3);
  });

  test.for<[name: string, status: number, expected: object]>([
    ["PERMISSION_DENIED is a person's work", 7, { failure: "needs-human", about: "bus" }],
    ["NOT_FOUND, of a topic, stays", 5, { failure: "permanent", about: "bus" }],
    ["RESOURCE_EXHAUSTED may pass", 8, { failure: "transient", about: "bus" }],
    ["ABORTED may pass", 10, { failure: "transient", about: "bus" }],
  ])("Pub/Sub's %s, told at once and asked once", async ([name, status, expected]) => {
    refusals.refuse(status, "said no");
    const { error, ms } = await failed(`pub/sub ${name.split(" ")[0]}`, () => bus.publish([message]));
    expect(error).toMatchObject(expected);
    expect(ms).toBeLessThan(1_000);
    expect(refusals.calls()).toBe(1);
  });

  test("an attribute that Pub/Sub would refuse, and its emulator takes, is refused before it is sent", async () => {
    refusals.refuse(0, "");
    const long = { ...message, attributes: { "ce-subject": "é".repeat(513) } };
    const { error } = await failed("pub/sub attribute", () => bus.publish([long]));
    expect(error).toMatchObject({ failure: "permanent", message: expect.stringContaining("ce-subject") });
    expect(refusals.calls()).toBe(0);
  });
});

describe("a server over HTTP that takes a request and never answers", () => {
  let server: Server;
  let url: string;
  const sockets = new Set<Socket>();
  beforeAll(async () => {
    server = createServer(() => {});
    server.on("connection", (socket) => void sockets.add(socket));
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    process.env["BIGQUERY_EMULATOR_HOST"] = url;
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server?.close();
  });

  const options = { project, location: "US", maxBytes: 10_485_760, deadlineMs: 1_500 };
  const chatMessage: ChatMessage = { key: "k", headline: "h", facts: [], steps: [], notes: [], tone: "red", mention: false, actions: [] };
  const webhooks = () => slackWebhooks({ webhooks: { "#a": url }, fetch, now: Date.now });

  test.concurrent.for<[name: string, run: () => Promise<unknown>, about: string | undefined, maxMs: number]>([
    ["BigQuery, asked", () => bigqueryWarehouse(options).query("SELECT 1"), "warehouse", 3_000],
    [
      "BigQuery, appended to",
      () => bigqueryLedger({ ...options, dataset: "d", key: "k" }).append("events", [{ k: "1" }]),
      "warehouse",
      3_000,
    ],
    [
      "BigQuery, with the deadline of all",
      () => bigqueryWarehouse({ ...options, deadlineMs: undefined }).query("SELECT 1"),
      "warehouse",
      11_500,
    ],
    ["Slack's Web API", () => slackChat({ token: "t", url: `${url}/`, now: Date.now }).post("#a", chatMessage), "slack", 11_500],
    ["a webhook of Slack's", () => webhooks().post("#a", chatMessage), "slack", 11_500],
    ["a webhook of somebody", () => fetchWebhook(fetch)({ url, body: "{}", headers: {} }), undefined, 11_500],
  ])("%s: the caller has a failure that may pass at the deadline", async ([name, run, about, maxMs]) => {
    const { error, ms } = await failed(`${name} hangs`, run);
    expect(error).toMatchObject({ failure: "transient", ...(about === undefined ? {} : { about }) });
    expect(ms).toBeLessThan(maxMs);
  });
});
