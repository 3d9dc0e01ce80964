/** `npm run bench`: the whole local loop against what the disk and one HTTP call cost, measured in the same run. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { messageOf } from "@kintsugi/ports/failure";
import { type AnsweringServer, startAnsweringServer } from "./answering-server.ts";
import { measureBaseline } from "./baseline.ts";
import { type BenchHost, startBenchHost } from "./bench-host.ts";
import { latencyConfiguration, measureLatency } from "./latency.ts";
import { figuresOf, type Measured, tableOf } from "./report.ts";
import { countStored, measureThroughput } from "./throughput.ts";

const HELP = `Measures the local host: how soon a person is told, and how much it takes in.

  npm run bench -- [--json] [--folder DIR]

  --json         one JSON document instead of the table
  --folder DIR   where the temporary folder is made, to measure that disk (default: the system's)

baseline                an iteration is four SQLite commits (WAL, synchronous=FULL) and one HTTP call
event → message posted  from the request that publishes an event until the message about its incident has
                        reached a fake Slack; the host is else idle
events                  published over HTTP, delivered, in both stores of the ledger, judged by the detector

A latency's ratio is of p50 and of p99, less is better; a rate's ratio is to the baseline's iterations per second, more is better.
It takes less than two minutes. Nothing fails for being slow.`;

/** Three times, between the others, so that a busy machine slows both alike. */
const BASELINE = 200;
const MESSAGES = 100;
const BATCHES = { events: 20_000, perRequest: 500 };
const ONE_BY_ONE = { events: 1_500, perRequest: 1 };

const progress = (line: string): void => void process.stderr.write(`${line}\n`);
const hosts: Promise<BenchHost>[] = [];

async function measure(folder: string, slack: AnsweringServer): Promise<Measured> {
  const baselineMs: number[] = [];
  const baseline = async (): Promise<void> => {
    progress("baseline");
    baselineMs.push(...(await measureBaseline(folder, slack.url, BASELINE)));
  };

  await baseline();
  progress(`event → message posted: ${MESSAGES} incidents, one after the other`);
  const told = await start(join(folder, "latency"), latencyConfiguration, slack);
  const messageMs = await measureLatency(told, slack, MESSAGES);
  await told.process.kill("SIGINT");

  await baseline();
  const loaded = await start(join(folder, "throughput"), "", slack);
  progress(`${BATCHES.events} events, ${BATCHES.perRequest} per request`);
  const batches = await measureThroughput(loaded, "batch", BATCHES);
  progress(`${ONE_BY_ONE.events} events, one by one`);
  const oneByOne = await measureThroughput(loaded, "single", ONE_BY_ONE);
  await loaded.process.kill("SIGINT");
  await expectAll(loaded.stores, BATCHES.events + ONE_BY_ONE.events);

  await baseline();
  return { baselineMs, messageMs, perRequest: BATCHES.perRequest, batches, oneByOne };
}

async function start(folder: string, configuration: string, slack: AnsweringServer): Promise<BenchHost> {
  const starting = startBenchHost(folder, configuration, slack.url);
  hosts.push(starting);
  return await starting;
}

/** A rate of events that were lost would be worth nothing. */
async function expectAll(stores: string, events: number): Promise<void> {
  const { documents, warehouse } = await countStored(stores);
  if (documents !== events || warehouse !== events)
    throw new Error(`of ${events} events, ${documents} are in the document store and ${warehouse} in the warehouse`);
}

async function main(options: { json: boolean; folder: string }): Promise<number> {
  const stopped = new Promise<undefined>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => resolve(undefined));
  });
  const folder = await mkdtemp(join(options.folder, "kintsugi-bench-"));
  const slack = await startAnsweringServer();
  try {
    const measured = await Promise.race([measure(folder, slack), stopped]);
    if (measured === undefined) return 130;
    const figures = figuresOf(measured);
    process.stdout.write(`${options.json ? JSON.stringify(figures) : tableOf(figures)}\n`);
    return 0;
  } finally {
    for (const host of await Promise.allSettled(hosts)) if (host.status === "fulfilled") await host.value.process.kill("SIGKILL");
    await slack.close();
    await rm(folder, { recursive: true });
  }
}

function readArguments(): { help: boolean; json: boolean; folder: string } | { wrong: string } {
  try {
    const { values } = parseArgs({ options: { help: { type: "boolean" }, json: { type: "boolean" }, folder: { type: "string" } } });
    return { help: values.help === true, json: values.json === true, folder: values.folder ?? tmpdir() };
  } catch (error) {
    return { wrong: messageOf(error) };
  }
}

function tell(error: unknown): number {
  progress(messageOf(error));
  return 1;
}

const given = readArguments();
if ("wrong" in given) progress(`${given.wrong}; see --help`);
else if (given.help) process.stdout.write(`${HELP}\n`);
process.exit("wrong" in given ? 2 : given.help ? 0 : await main(given).catch(tell));
