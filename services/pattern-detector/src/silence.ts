/** Who was heard, and who was not: what the watch document says of each function that runs by a schedule. */

import { type ScheduledFunction, scheduledFunctions } from "@kintsugi/config/configured";
import type { Config } from "@kintsugi/config/model";
import type { EventOf } from "@kintsugi/events/event";
import type { Observation } from "@kintsugi/events/observation";
import { span } from "@kintsugi/events/span";
import { isSilent, readWatches, type Watch, watchCollection, watchId } from "@kintsugi/function-kit/watch";
import type { UnitOfWork } from "./unit-of-work.ts";

/** Who ticks cannot watch itself; `status` does. */
export const SELF = "pattern-detector";
/** The detector itself did not tick for so many of its periods: the host was off, and with it all the others. */
const PAUSE_PERIODS = 2;

type Watches = ReadonlyMap<string, Watch>;

/** Undefined where the run is older than the last one that was heard: it says nothing about now. Else what it says of the silence that it ends. */
export async function hear(work: UnitOfWork, { data, time }: EventOf<"run.completed">): Promise<Observation | undefined> {
  const atMs = Date.parse(time);
  const watches = await readAll(work);
  const before = watches.get(data.function);
  if (before?.lastMs !== undefined && atMs < before.lastMs) return undefined;
  const lastOkMs = data.verdict === "ok" ? atMs : before?.lastOkMs;
  const heard: Watch = {
    ...before,
    sinceMs: before?.sinceMs ?? atMs,
    lastMs: atMs,
    ...(lastOkMs === undefined ? {} : { lastOkMs }),
    verdict: data.verdict,
    reason: data.reason ?? null,
  };
  save(work, watches, [[data.function, heard]]);
  return { subject: { kind: "silence", function: data.function }, verdict: "ok" };
}

/** Those that were not heard for two due times, in a mode too; begins to watch those that nobody has watched yet. */
export async function judgeSilence(work: UnitOfWork, config: Config, nowMs: number, normalSinceMs = 0): Promise<readonly Observation[]> {
  const scheduled = scheduledFunctions(config);
  const watches = await readAll(work);
  const self = scheduled.find(({ name }) => name === SELF)!;
  const awakeMs = awakeSince(watches.get(SELF), self, nowMs);
  const others = scheduled.filter(({ name }) => name !== SELF);
  const unwatched = others.filter(({ name }) => !watches.has(name)).map(({ name }) => [name, { sinceMs: nowMs }] as const);
  const woken = awakeMs === watches.get(SELF)?.awakeMs ? [] : [[SELF, { sinceMs: nowMs, ...watches.get(SELF), awakeMs }] as const];
  if (unwatched.length + woken.length > 0) save(work, watches, [...unwatched, ...woken]);
  return others.flatMap(({ name, periodMs }) => {
    const watch = watches.get(name);
    const isQuiet = watch !== undefined && isSilent(watch, periodMs, nowMs, Math.max(awakeMs, normalSinceMs));
    return isQuiet ? [silenceOf(name, watch, periodMs)] : [];
  });
}

/** Since when the detector looks without a pause. */
function awakeSince(watch: Watch | undefined, { periodMs }: ScheduledFunction, nowMs: number): number {
  return nowMs - (watch?.lastMs ?? 0) <= PAUSE_PERIODS * periodMs ? (watch?.awakeMs ?? 0) : nowMs;
}

/** Version 0.1.0 kept a document for each function; there the last run stands for the beginning of the watch. */
async function readAll(work: UnitOfWork): Promise<Watches> {
  const data = await work.read(watchCollection, watchId);
  if (data !== undefined) return readWatches(data);
  const former = await work.list(watchCollection);
  for (const { id } of former) work.remove(watchCollection, id);
  return readWatches({ functions: Object.fromEntries(former.map(({ id, data: one }) => [id, { sinceMs: one["lastMs"] ?? 0, ...one }])) });
}

function save(work: UnitOfWork, watches: Watches, changed: Iterable<readonly [string, Watch]>): void {
  work.write(watchCollection, watchId, { functions: Object.fromEntries([...watches, ...changed]) });
}

function silenceOf(name: string, { sinceMs, lastMs }: Watch, periodMs: number): Observation {
  const heard = lastMs === undefined ? `never heard since ${minute(sinceMs)}` : `last heard ${minute(lastMs)}`;
  return {
    subject: { kind: "silence", function: name },
    verdict: "finding",
    severity: "red",
    title: `${name} is silent`,
    facts: [`${heard}; it is due every ${span(periodMs)}`],
    next: ["kintsugi status"],
    channel: "watch",
  };
}

function minute(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16)}Z`;
}
