/** `npm run bench:cold-start`: how soon a function that was not there has stored its first event, as a bundle against its sources. */

import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { firestoreDocuments } from "@kintsugi/gcp/firestore-documents";
import { pubsubBus } from "@kintsugi/gcp/pubsub-bus";
import { ownStatements } from "@kintsugi/ledger/statements";
import { topics } from "@kintsugi/events/topics";
import { type BigQueryServer, startBigQueryServer } from "../support/bigquery-server.ts";
import { type BuiltServices, buildServices } from "../support/bundles.ts";
import { type CloudFunction, push, startBundle, startFunction } from "../support/cloud-functions.ts";
import { startEmulators } from "../support/emulators.ts";
import { createTopic } from "../support/pubsub-pull.ts";
import { coldStartTable, type ColdStart } from "./cold-start-table.ts";

const PROJECT = "kintsugi-cold-start";
const RUNS = 5;
const FUNCTIONS = ["healing-tracker", "pattern-detector"] as const;
const CONFIGURATION = `version: 1
pipeline: shop
timezone: UTC
runtime: { gcp: { project: ${PROJECT}, region: us-west2, dataset: kintsugi } }
`;

const documents = firestoreDocuments({ project: PROJECT, bus: pubsubBus({ project: PROJECT }), now: Date.now, deadlineMs: 60_000 });

async function prepare(bigquery: BigQueryServer): Promise<void> {
  await bigquery.execute("CREATE SCHEMA kintsugi");
  for (const { name, sql } of ownStatements({ dialect: "bigquery", dataset: "kintsugi" }, 0))
    if (/\.(?:create|view)\./.test(name)) await bigquery.execute(sql);
  for (const topic of topics) await createTopic(PROJECT, topic);
  // The emulator's own first write takes seconds.
  await documents.commit({ writes: [{ op: "set", collection: "warm", id: "up", data: {} }], publish: [], outbox: "warm" });
}

/** From the start of the process until the bus may forget the event: it is stored then. */
async function startOnce(start: () => Promise<CloudFunction>, id: string): Promise<ColdStart> {
  const before = await marks();
  const began = performance.now();
  const started = await start();
  try {
    const data = Buffer.from(JSON.stringify({ type: "healing.completed", healing_type: "retry", target: id, id }));
    const status = await push(started.url, "healing", { attributes: {}, data, messageId: id });
    const ms = performance.now() - began;
    if (status >= 300) throw new Error(`${started.name} answered ${status}`);
    if ((await marks()) !== before + 1) throw new Error(`${started.name} has acknowledged ${id}, which is not stored`);
    return { ms, mebibytes: residentMebibytes(started.pid) };
  } finally {
    started.stop();
  }
}

/** The mark of an event is stored with all that follows from it. */
async function marks(): Promise<number> {
  return (await documents.list("kintsugi_seen")).length;
}

/** What the platform would count, now. */
function residentMebibytes(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kibibytes) / 1_024;
}

/** In turn, so that a busy machine slows both alike. */
async function measure(name: string, bundles: BuiltServices, environment: Readonly<Record<string, string>>) {
  const sources: ColdStart[] = [];
  const bundled: ColdStart[] = [];
  for (let run = 0; run < RUNS; run++) {
    sources.push(await startOnce(() => startFunction(name, environment), `${name}-source-${run}`));
    bundled.push(await startOnce(() => startBundle(name, bundles.folderOf(name), environment), `${name}-bundle-${run}`));
  }
  return { name, sources, bundled };
}

const folder = await mkdtemp(join(tmpdir(), "kintsugi-cold-start-"));
const [emulators, bigquery, bundles] = await Promise.all([startEmulators(), startBigQueryServer(), buildServices(FUNCTIONS)]);
try {
  const file = join(folder, "kintsugi.yaml");
  await writeFile(file, CONFIGURATION);
  await prepare(bigquery);
  const measured = [];
  for (const name of FUNCTIONS)
    measured.push(await measure(name, bundles, { KINTSUGI_CONFIG: file, BIGQUERY_EMULATOR_HOST: bigquery.url }));
  process.stdout.write(`${coldStartTable(measured)}\n`);
} finally {
  bundles.remove();
  await bigquery.close();
  await emulators.stop();
  await rm(folder, { recursive: true });
}
process.exit();
