/** What a year leaves behind on one machine: the real local ports, under a clock that jumps over days. */

import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { loadConfig } from "@kintsugi/config/load";
import { drive } from "@kintsugi/local/drive";
import { openLocal } from "@kintsugi/local/open-local";
import { schedulesOf } from "@kintsugi/local/schedule";
import { expect, test } from "vitest";
import { quantile } from "../bench/statistics.ts";

const DAY_MS = 86_400_000;
const EVENTS_A_JUMP = 12;
/** What is kept longest by design: the ledger's documents. */
const RETENTION_DAYS = 90;
/** A year, day by day, by `KINTSUGI_DEEP=1`. */
const [DAYS, JUMP_DAYS] = process.env["KINTSUGI_DEEP"] === undefined ? ([130, 5] as const) : ([365, 1] as const);
const FULL_DAYS = RETENTION_DAYS + 5;

type Left = { readonly bytes: number; readonly documents: number; readonly heapBytes: number };

test(`after the retention, ${DAYS} days leave no more behind than ${FULL_DAYS}, and nothing takes longer`, async () => {
  const folder = await mkdtemp(join(tmpdir(), "kintsugi-year-"));
  await writeFile(
    join(folder, "kintsugi.yaml"),
    "version: 1\npipeline: year\ntimezone: UTC\nschedules: { patterns: 24h, reconcile: 24h, drift: 24h, canary: 24h, cleanup: 24h }\n",
  );
  const loaded = await loadConfig(join(folder, "kintsugi.yaml"), {});
  if (!("config" in loaded)) throw new Error(JSON.stringify(loaded));
  let nowMs = Date.parse("2026-01-01T00:00:30Z");
  const local = openLocal(loaded.config, { clock: { now: () => nowMs }, say: () => {} });
  const driver = drive(local, schedulesOf(local.declarations, loaded.config), () => {});
  const jumpMs: number[] = [];

  async function jump(number: number): Promise<void> {
    const began = performance.now();
    nowMs += JUMP_DAYS * DAY_MS;
    const events = Array.from({ length: EVENTS_A_JUMP }, (_, index) => heal(number, index));
    await local.bus.publish(events);
    driver.published();
    expect(await driver.settle(DAY_MS)).toBe(true);
    jumpMs.push(performance.now() - began);
  }

  async function left(): Promise<Left> {
    const { documents } = local.database.prepare("SELECT count(*) AS documents FROM documents").get() as { documents: number };
    const sizes = await Promise.all(["kintsugi.db", "kintsugi.db-wal"].map((name) => stat(join(folder, ".kintsugi", name))));
    return { bytes: sizes.reduce((sum, { size }) => sum + size, 0), documents, heapBytes: usedHeap() };
  }

  for (let number = 0; number < FULL_DAYS; number += JUMP_DAYS) await jump(number);
  const before = await left();
  for (let number = FULL_DAYS; number < DAYS; number += JUMP_DAYS) await jump(number);
  const after = await left();
  const rows = await local.dependencies.ledger.query("SELECT count(*) AS n FROM kintsugi.healing_events");
  await driver.stop();
  local.close();
  await rm(folder, { recursive: true });

  expect(rows.rows).toEqual([{ n: (DAYS / JUMP_DAYS) * EVENTS_A_JUMP }]);
  expect(after.documents).toBeLessThanOrEqual(before.documents * 1.1);
  expect(after.bytes).toBeLessThanOrEqual(before.bytes * 1.1);
  expect(after.heapBytes).toBeLessThanOrEqual(before.heapBytes * 1.2);
  expect(quantile(jumpMs.slice(-7), 0.5)).toBeLessThan(3 * quantile(jumpMs.slice(2, 9), 0.5));
}, 300_000);

/** What is really held: other tests of the same process leave garbage behind. */
function usedHeap(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

/** Each day has a kind of its own: its pattern opens, is told, and ends. */
function heal(day: number, index: number): { topic: string; attributes: Record<string, string>; data: Uint8Array } {
  const id = `${day}-${index}`;
  const event = { type: "healing.completed", id, healing_type: `kind-${day}`, target: id };
  return { topic: "healing", attributes: {}, data: Buffer.from(JSON.stringify(event)) };
}
