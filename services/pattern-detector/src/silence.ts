/** Who was heard, and who was not: what the watch document says of each function that runs by a schedule. */

import { type ScheduledFunction, scheduledFunctions } from "@kintsugi/config/configured";
import type { Config } from "@kintsugi/config/model";
import { believedMark, type EventOf, isAhead, saidMs } from "@kintsugi/events/event";
import type { Observation } from "@kintsugi/events/observation";
import { span } from "@kintsugi/events/span";
import { isSilent, readWatches, type Watch, watchCollection, watchId } from "@kintsugi/function-kit/watch";
import type { Detection } from "./detection.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** Who ticks cannot watch itself; `status` does. */
export const SELF = "pattern-detector";
/** The detector itself did not tick for so many of its periods: the host was off, and with it all the others. */
const PAUSE_PERIODS = 2;

type Watches = ReadonlyMap<string, Watch>;

/** Undefined where the run is older than the last one that was heard: it says nothing about now. Else what it says of the silence that it ends. */
export async function hear(
  { work, nowMs }: Pick<Detection, "work" | "nowMs">,
  event: EventOf<"run.completed">,
): Promise<Observation | undefined> {
  const { data } = event;
  const atMs = saidMs(event, nowMs);
  const watches = await readAll(work);
  const before = watches.get(data.function);
  if (atMs < believedMark(before?.lastMs ?? 0, nowMs)) return undefined;
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

/**
 * The clock that stamped the detector's last run is ahead of now: it has gone back since. Watching begins anew then, since what was heard
 * in that future would excuse a silence until it comes.
 */
export async function judgeClock(work: UnitOfWork, nowMs: number): Promise<Observation> {
  const subject = { kind: "blind-spot", function: SELF, about: "clock" } as const;
  const watches = await readAll(work);
  const aheadMs = (watches.get(SELF)?.lastMs ?? 0) - nowMs;
  if (!isAhead(nowMs + aheadMs, nowMs)) return { subject, verdict: "ok" };
  const anew = [...watches].filter(([, { sinceMs, lastMs = 0, awakeMs = 0 }]) => isAhead(Math.max(sinceMs, lastMs, awakeMs), nowMs));
  save(
    work,
    watches,
    anew.map(([name, { verdict, reason }]) => [name, { sinceMs: nowMs, ...(verdict === undefined ? {} : { verdict, reason }) }] as const),
  );
  return {
    subject,
    verdict: "finding",
    severity: "yellow",
    title: `the clock went back by ${span(aheadMs)}`,
    facts: ["what was stamped meanwhile counts as of now, and runs of that time may be missing"],
    next: ["kintsugi status"],
    channel: "watch",
  };
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
