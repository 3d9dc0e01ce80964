/** A hundred repairs of one type at once, against one instance of the detector and against two. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { topics } from "@kintsugi/events/topics";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CloudFunction, push, startFunction } from "../support/cloud-functions.ts";
import { type Emulators, startEmulators } from "../support/emulators.ts";
import { createTopic, subscribe, type Subscription } from "../support/pubsub-pull.ts";

const HEALS = 100;
const MAX_BURSTS = 8;
/** As a subscription brings a message back, only sooner. */
const BACKOFF_MS = 300;
/** A number that grows is told once in ten seconds, and the last one by a tick after these. */
const NEWS_MS = 10_100;
const configuration = (project: string): string => `version: 1
pipeline: shop
timezone: UTC
runtime: { gcp: { project: ${project}, region: us-west2, dataset: kintsugi } }
`;

let folder: string;
let emulators: Emulators;
const started: CloudFunction[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kintsugi-at-once-"));
  emulators = await startEmulators();
});
afterAll(async () => {
  for (const each of started) each.stop();
  await emulators?.stop();
  await rm(folder, { recursive: true, force: true });
});

type Delivered = { readonly ms: number; readonly attempts: number };

/** Delivers until it is acknowledged, each time to the next instance. */
async function deliver(urls: readonly string[], healing_type: string, id: string, first = 0): Promise<Delivered> {
  const data = Buffer.from(JSON.stringify({ type: "healing.completed", healing_type, target: id, id }));
  const began = performance.now();
  for (let attempts = 1; ; attempts++) {
    const url = urls[(first + attempts) % urls.length]!;
    const status = await push(url, "healing", { attributes: {}, data, messageId: id });
    if (status < 300) return { ms: performance.now() - began, attempts };
    await new Promise((done) => void setTimeout(done, BACKOFF_MS));
  }
}

async function openDetectors(project: string, count: number): Promise<readonly string[]> {
  const file = join(folder, `${project}.yaml`);
  await writeFile(file, configuration(project));
  for (const topic of topics) await createTopic(project, topic);
  const instances = await Promise.all(Array.from({ length: count }, () => startFunction("pattern-detector", { KINTSUGI_CONFIG: file })));
  started.push(...instances);
  const urls = instances.map(({ url }) => url);
  // The first call of a process connects it, and the first hundred warm the emulator up.
  for (const [index, url] of urls.entries()) await deliver([url], "warm", `warm-${index}`);
  for (let round = 0; round < 3; round++) await deliverAll(urls, "warm", `warm-${round}`);
  return urls;
}

async function deliverAll(urls: readonly string[], healing_type: string, name: string): Promise<readonly Delivered[]> {
  const ids = Array.from({ length: HEALS }, (_, index) => `${name}-${index}`);
  return await Promise.all(ids.map((id, index) => deliver(urls, healing_type, id, index)));
}

function percentile(sorted: readonly number[], ratio: number): number {
  return Math.round(sorted[Math.ceil(sorted.length * ratio) - 1]!);
}

/** Counts that people were told of repairs of this type, the last one highest. */
async function toldCounts(alerts: Subscription, healing_type: string): Promise<readonly number[]> {
  const counts: number[] = [];
  for (let pulled = await alerts.pull(); pulled.length > 0; pulled = await alerts.pull()) {
    const told = pulled.map(({ data }) => JSON.parse(data.toString()) as { key?: string; count?: number });
    counts.push(...told.filter(({ key }) => key?.endsWith(`:${healing_type}`)).map(({ count = 0 }) => count));
    await alerts.acknowledge(pulled.map(({ ackId }) => ackId));
  }
  return counts;
}

test.for([
  [1, 1, 1_000],
  [2, 3, 3_000],
] as const)("%i of them: exact counts, at most %i attempts each, p99 at most %i ms", async ([instances, maxAttempts, maxMs]) => {
  const project = `kintsugi-at-once-${instances}`;
  const urls = await openDetectors(project, instances);
  const alerts = await subscribe(project, "alerts", "alerts-counted");
  const p99s: number[] = [];
  // Other work of this machine makes a burst slower, and never faster: one that is quick enough shows what can be.
  while (p99s.length < MAX_BURSTS && !p99s.some((ms) => ms <= maxMs)) {
    const healing_type = `burst_${p99s.length}`;
    const delivered = await deliverAll(urls, healing_type, healing_type);
    const times = delivered.map(({ ms }) => ms).sort((a, b) => a - b);
    const attempts = Math.max(...delivered.map((each) => each.attempts));
    const again = delivered.reduce((sum, each) => sum + each.attempts - 1, 0);
    const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
    p99s.push(p99);
    console.log(
      `${HEALS} heals, ${instances} instance(s): p50 ${p50} ms, p99 ${p99} ms, ${again} answers of 503, at most ${attempts} attempts`,
    );
    expect(attempts).toBeLessThanOrEqual(maxAttempts);
    expect(Math.max(...(await toldCounts(alerts, healing_type)))).toBeLessThanOrEqual(HEALS);
    await new Promise((done) => void setTimeout(done, NEWS_MS));
    expect((await fetch(`${urls[0]}/run`, { method: "POST" })).status).toBe(200);
    expect(Math.max(...(await toldCounts(alerts, healing_type)))).toBe(HEALS);
  }
  expect(Math.min(...p99s)).toBeLessThanOrEqual(maxMs);
});
