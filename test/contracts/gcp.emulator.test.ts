/** The ports on Google Cloud keep the same contracts: Pub/Sub and Firestore on Google's emulators, BigQuery on a local server of its API. */

import { bigqueryLedger } from "@kintsugi/gcp/bigquery-ledger";
import { bigqueryWarehouse } from "@kintsugi/gcp/bigquery-warehouse";
import { firestoreDocuments } from "@kintsugi/gcp/firestore-documents";
import { pubsubBus, topicName } from "@kintsugi/gcp/pubsub-bus";
import { ownStatements } from "@kintsugi/ledger/statements";
import type { Bus, Message } from "@kintsugi/ports/bus";
import type { Documents, Write } from "@kintsugi/ports/documents";
import { Failure } from "@kintsugi/ports/failure";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BigQueryServer, startBigQueryServer } from "../support/bigquery-server.ts";
import { type Emulators, startEmulators } from "../support/emulators.ts";
import { createTopic, subscribeAll } from "../support/pubsub-pull.ts";
import { busContract } from "./bus.ts";
import { documentsContract } from "./documents.ts";
import { ledgerContract } from "./ledger.ts";
import { orders, warehouseContract } from "./warehouse.ts";

const MEBIBYTE = 1024 * 1024;
const limits = { project: "kintsugi-test", location: "US", maxBytes: 100 * MEBIBYTE };
let emulators: Emulators;
let bigquery: BigQueryServer;

beforeAll(async () => {
  emulators = await startEmulators();
  bigquery = await startBigQueryServer();
  process.env["BIGQUERY_EMULATOR_HOST"] = bigquery.url;
  await bigquery.execute("CREATE SCHEMA shop");
  await bigquery.execute("CREATE TABLE shop.orders (id INT64, price FLOAT64, note STRING, paid BOOL, day DATE, placed TIMESTAMP)");
  await bigquery.execute(`INSERT INTO shop.orders VALUES ${orders}`);
});
afterAll(async () => {
  await bigquery?.close();
  await emulators?.stop();
});

documentsContract("Firestore", async () => {
  const project = "kintsugi-documents";
  const received = await subscribeAll(project, "runs");
  const documents = firestoreDocuments({ project, bus: pubsubBus({ project }), now: Date.now });
  return { documents, published: async () => (await received()).map(({ data }) => data.toString()) };
});

busContract("Pub/Sub", async () => {
  const project = "kintsugi-bus";
  const received = await subscribeAll(project, "runs");
  return { bus: pubsubBus({ project }), received };
});

ledgerContract("BigQuery", async () => {
  const place = { dialect: "bigquery", dataset: "kintsugi" } as const;
  await bigquery.execute("CREATE SCHEMA kintsugi");
  for (const { sql } of ownStatements(place, 0).filter(({ name }) => /^kintsugi\.(create|view)\./.test(name))) await bigquery.execute(sql);
  return { ledger: bigqueryLedger({ ...limits, dataset: "kintsugi", key: "event_key" }), place };
});

const documentsOf = (project: string): Documents => firestoreDocuments({ project, bus: pubsubBus({ project }), now: Date.now });
const refusing = (error: Error): Bus => ({ publish: () => Promise.reject(error) });
const sent = (text: string): Message => ({
  topic: "runs",
  attributes: { "ce-id": text, "ce-source": "kintsugi/tester" },
  data: Buffer.from(text),
});

async function storedFields(project: string, path: string): Promise<Record<string, unknown>> {
  const url = `http://${process.env["FIRESTORE_EMULATOR_HOST"]}/v1/projects/${project}/databases/(default)/documents/${path}`;
  const response = await fetch(url, { headers: { authorization: "Bearer owner" } });
  return ((await response.json()) as { fields: Record<string, unknown> }).fields;
}

describe("what only the cloud has", () => {
  test("a query says what it was billed, at least 10 MiB per table, and beyond its cap it fails free of charge", async () => {
    const before = bigquery.billed();
    const sql = "SELECT count(*) AS n FROM shop.orders";
    expect(await bigqueryWarehouse(limits).query(sql)).toEqual({ rows: [{ n: 2 }], types: { n: "integer" }, bytes: 10 * MEBIBYTE });
    const capped = bigqueryWarehouse({ ...limits, maxBytes: 10 * MEBIBYTE - 1 }).query(sql);
    await expect(capped).rejects.toSatisfy(
      (error) => error instanceof Failure && error.failure === "permanent" && /bytes billed/.test(error.message),
    );
    expect(bigquery.billed() - before).toBe(10 * MEBIBYTE);
  });

  test.for([
    [403, "accessDenied", "needs-human"],
    [403, "quotaExceeded", "transient"],
    [403, "rateLimitExceeded", "transient"],
    [404, "notFound", "permanent"],
  ] as const)("BigQuery's %i %s is %s", async ([status, reason, failure]) => {
    bigquery.misbehave({ status, reason });
    const refused = bigqueryWarehouse(limits).query("SELECT 1 AS one");
    await expect(refused).rejects.toSatisfy((error) => error instanceof Failure && error.failure === failure);
    bigquery.misbehave(undefined);
  });

  test("a column that the ledger's table lacks is a person's work, and the failure says which", async () => {
    const append = bigqueryLedger({ ...limits, dataset: "kintsugi", key: "event_key" }).append("events", [{ event_key: "k", nonsense: 1 }]);
    await expect(append).rejects.toSatisfy(
      (error) => error instanceof Failure && error.failure === "needs-human" && /nonsense/.test(error.message),
    );
  });

  test("what a crash left in the outbox is published by the flush of the redelivery, by another process", async () => {
    const project = "kintsugi-crash";
    const received = await subscribeAll(project, "runs");
    const dying = firestoreDocuments({ project, bus: refusing(new Error("the process died")), now: Date.now });
    await dying.commit({ writes: [], publish: [sent("left")], outbox: "o1" });
    await expect(dying.flush("o1")).rejects.toThrow("the process died");
    expect(await received()).toEqual([]);
    await documentsOf(project).flush("o1");
    expect((await received()).map(({ data }) => data.toString())).toEqual(["left"]);
    expect(await documentsOf(project).list("kintsugi_outbox")).toEqual([]);
  });

  test("a sweep publishes what anybody left, what is young excepted, and a message that no topic takes holds up nobody", async () => {
    const project = "kintsugi-sweep";
    const received = await subscribeAll(project, "runs");
    const dying = (now: number) => firestoreDocuments({ project, bus: refusing(new Error("the process died")), now: () => now });
    const old = Date.now() - 120_000;
    await dying(old).commit({ writes: [], publish: [sent("mixed"), { ...sent("stuck"), topic: "missing" }], outbox: "a" });
    await dying(old).commit({ writes: [], publish: [sent("plain")], outbox: "b" });
    await dying(Date.now()).commit({ writes: [], publish: [sent("young")], outbox: "c" });
    const documents = documentsOf(project);
    const stuck = { source: "kintsugi/tester", topic: "missing", reason: expect.stringMatching(/not found|NOT_FOUND/i) };
    expect(await documents.sweepOutbox(Date.now() - 60_000)).toEqual([stuck]);
    expect(await documents.sweepOutbox(Date.now() - 60_000)).toEqual([stuck]);
    expect((await received()).map(({ data }) => data.toString()).sort()).toEqual(["mixed", "plain"]);
    await createTopic(project, "missing");
    expect(await documents.sweepOutbox(Date.now() - 60_000)).toEqual([]);
    expect((await documents.list("kintsugi_outbox")).map(({ id }) => id)).toEqual(["c"]);
  });

  test("what a change publishes is one document, and as many as its size demands", async () => {
    const project = "kintsugi-rows";
    await subscribeAll(project, "runs");
    const dying = firestoreDocuments({ project, bus: refusing(new Error("the process died")), now: Date.now });
    const large = (text: string): Message => ({ ...sent(text), data: new Uint8Array(300_000) });
    await dying.commit({ writes: [], publish: ["1", "2", "3"].map(sent), outbox: "small" });
    await dying.commit({ writes: [], publish: ["1", "2", "3", "4", "5"].map(large), outbox: "large" });
    const rows = async (): Promise<readonly string[]> => (await dying.list("kintsugi_outbox")).map(({ id }) => id);
    expect(await rows()).toEqual(["large", "large~row-1", "large~row-2", "small"]);
    await documentsOf(project).flush("large");
    expect(await rows()).toEqual(["small"]);
  });

  test("when a document may go is stored as Firestore's own time, which a merge keeps and a replacement takes away", async () => {
    const project = "kintsugi-expiry";
    const documents = documentsOf(project);
    const at = { collection: "kintsugi_x", id: "a", data: { n: 1 } } as const;
    const commit = (write: Write): Promise<void> => documents.commit({ writes: [write], publish: [], outbox: "x" });
    const expires = async (): Promise<unknown> => (await storedFields(project, "kintsugi_x/a"))["expires"];
    await commit({ op: "create", ...at, expiresMs: Date.parse("2026-12-01T00:00:00.250Z") });
    expect(await expires()).toEqual({ timestampValue: "2026-12-01T00:00:00.250Z" });
    await commit({ op: "merge", ...at });
    expect(await expires()).toEqual({ timestampValue: "2026-12-01T00:00:00.250Z" });
    const { version } = (await documents.get("kintsugi_x", "a"))!;
    await commit({ op: "set", ...at, version });
    expect(await expires()).toBeUndefined();
  });

  test("a topic of ours has our prefix", () => {
    expect(topicName("dead-letter")).toBe("kintsugi-dead-letter");
  });
});

warehouseContract("BigQuery", async () => ({
  warehouse: bigqueryWarehouse(limits),
  goAway: async () => bigquery.misbehave({ status: 503, reason: "backendError" }),
}));
