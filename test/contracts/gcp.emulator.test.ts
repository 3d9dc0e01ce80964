/** The ports on Google Cloud keep the same contracts: Pub/Sub and Firestore on Google's emulators, BigQuery on a local server of its API. */

import { bigqueryLedger } from "@kintsugi/gcp/bigquery-ledger";
import { bigqueryWarehouse } from "@kintsugi/gcp/bigquery-warehouse";
import { firestoreDocuments } from "@kintsugi/gcp/firestore-documents";
import { pubsubBus, topicName } from "@kintsugi/gcp/pubsub-bus";
import { ownStatements } from "@kintsugi/ledger/statements";
import { Failure } from "@kintsugi/ports/failure";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BigQueryServer, startBigQueryServer } from "../support/bigquery-server.ts";
import { type Emulators, startEmulators } from "../support/emulators.ts";
import { subscribeAll } from "../support/pubsub-pull.ts";
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
  const documents = firestoreDocuments({ project, bus: pubsubBus({ project }) });
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

describe("what only the cloud has", () => {
  test("a query says what it was billed, at least 10 MiB per table, and beyond its cap it fails free of charge", async () => {
    const before = bigquery.billed();
    const sql = "SELECT count(*) AS n FROM shop.orders";
    expect(await bigqueryWarehouse(limits).query(sql)).toEqual({ rows: [{ n: 2 }], bytes: 10 * MEBIBYTE });
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

  test("a row that the ledger's table does not take is a permanent failure, and says which column", async () => {
    const append = bigqueryLedger({ ...limits, dataset: "kintsugi", key: "event_key" }).append("events", [{ event_key: "k", nonsense: 1 }]);
    await expect(append).rejects.toSatisfy(
      (error) => error instanceof Failure && error.failure === "permanent" && /nonsense/.test(error.message),
    );
  });

  test("what a crash left in the outbox is published by the flush of the redelivery, by another process", async () => {
    const project = "kintsugi-crash";
    const received = await subscribeAll(project, "runs");
    const message = { topic: "runs", attributes: { "ce-id": "left" }, data: Buffer.from("left") };
    const dying = firestoreDocuments({ project, bus: { publish: () => Promise.reject(new Error("the process died")) } });
    await dying.commit({ writes: [], publish: [message], outbox: "o1" });
    await expect(dying.flush("o1")).rejects.toThrow("the process died");
    expect(await received()).toEqual([]);
    await firestoreDocuments({ project, bus: pubsubBus({ project }) }).flush("o1");
    expect((await received()).map(({ data }) => data.toString())).toEqual(["left"]);
  });

  test("a topic of ours has our prefix", () => {
    expect(topicName("dead-letter")).toBe("kintsugi-dead-letter");
  });
});

warehouseContract("BigQuery", async () => ({
  warehouse: bigqueryWarehouse(limits),
  goAway: async () => bigquery.misbehave({ status: 503, reason: "backendError" }),
}));
