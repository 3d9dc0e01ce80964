/** `npm run bench:growth`: what half a million events leave in memory and on the disk of one local host. */

import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAnsweringServer } from "./answering-server.ts";
import { type BenchHost, startBenchHost } from "./bench-host.ts";
import { measureThroughput } from "./throughput.ts";

/** Memory is read after these; caches are full at the first. */
const STEPS = [50_000, 100_000, 200_000, 500_000];
const PER_REQUEST = 500;
const MIB = 1024 * 1024;

type Seen = { readonly events: number; readonly rssBytes: number; readonly sqliteBytes: number; readonly duckdbBytes: number };

async function look({ process: host, stores }: BenchHost, events: number): Promise<Seen> {
  const status = await readFile(`/proc/${host.pid}/status`, "utf8");
  const sizeOf = async (name: string): Promise<number> => (await stat(join(stores, name)).catch(() => ({ size: 0 }))).size;
  return {
    events,
    rssBytes: Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024,
    sqliteBytes: (await sizeOf("kintsugi.db")) + (await sizeOf("kintsugi.db-wal")),
    duckdbBytes: (await sizeOf("ledger.duckdb")) + (await sizeOf("ledger.duckdb.wal")),
  };
}

function tell({ events, rssBytes, sqliteBytes, duckdbBytes }: Seen, first: Seen, perSecond: number): void {
  const perEvent = (bytes: number): string => `${(bytes / events).toFixed(0)} bytes per event`;
  process.stdout.write(
    `${events} events: ${perSecond.toFixed(0)}/s; memory ${(rssBytes / MIB).toFixed(0)} MiB, ${(rssBytes / first.rssBytes).toFixed(2)} × that at ${first.events}; ` +
      `SQLite ${perEvent(sqliteBytes)} until they expire; DuckDB ${perEvent(duckdbBytes)} for good\n`,
  );
}

const folder = await mkdtemp(join(tmpdir(), "kintsugi-growth-"));
const slack = await startAnsweringServer();
const host = await startBenchHost(join(folder, "host"), "", slack.url);
try {
  let first: Seen | undefined;
  let sent = 0;
  for (const events of STEPS) {
    const { seconds } = await measureThroughput(host, `to-${events}`, { events: events - sent, perRequest: PER_REQUEST });
    const seen = await look(host, events);
    first ??= seen;
    tell(seen, first, (events - sent) / seconds);
    sent = events;
  }
} finally {
  await host.process.kill("SIGKILL");
  await slack.close();
  await rm(folder, { recursive: true });
}
process.exit(0);
