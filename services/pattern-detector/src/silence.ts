/** Who was heard, and who was not: what the watch documents say of each function that runs by a schedule. */

import { type ScheduledFunction, scheduledFunctions } from "@kintsugi/config/configured";
import type { Config } from "@kintsugi/config/model";
import type { EventOf } from "@kintsugi/events/event";
import type { Observation } from "@kintsugi/events/observation";
import { span } from "@kintsugi/events/span";
import { isSilent, readWatch, type Watch, watchCollection } from "@kintsugi/function-kit/watch";
import type { UnitOfWork } from "./unit-of-work.ts";

/** Who ticks cannot watch itself; `status` does. */
export const SELF = "pattern-detector";
/** The detector itself did not tick for so many of its periods: the host was off, and with it all the others. */
const PAUSE_PERIODS = 2;

/** Remembers a run; what it says of the silence that it ends. A run older than the last one says nothing new. */
export async function hear(work: UnitOfWork, { data, time }: EventOf<"run.completed">): Promise<Observation> {
  const atMs = Date.parse(time);
  const before = await watchOf(work, data.function);
  if (before?.lastMs === undefined || before.lastMs <= atMs) {
    const lastOkMs = data.verdict === "ok" ? atMs : before?.lastOkMs;
    work.write(watchCollection, data.function, {
      ...before,
      sinceMs: before?.sinceMs ?? atMs,
      lastMs: atMs,
      ...(lastOkMs === undefined ? {} : { lastOkMs }),
      verdict: data.verdict,
      reason: data.reason ?? null,
    });
  }
  return { subject: { kind: "silence", function: data.function }, verdict: "ok" };
}

/** @param normalSinceMs when normal work began, since nobody counts as silent in a mode */
export async function judgeSilence(
  work: UnitOfWork,
  config: Config,
  { normalSinceMs, nowMs }: { readonly normalSinceMs: number; readonly nowMs: number },
): Promise<readonly Observation[]> {
  const scheduled = scheduledFunctions(config);
  const awakeMs = Math.max(
    normalSinceMs,
    await awakeSince(
      work,
      scheduled.find(({ name }) => name === SELF)!,
      nowMs,
    ),
  );
  const silent: Observation[] = [];
  for (const { name, periodMs } of scheduled) {
    if (name === SELF) continue;
    const watch = await watchOf(work, name);
    if (watch === undefined) work.write(watchCollection, name, { sinceMs: nowMs });
    else if (isSilent(watch, periodMs, nowMs, awakeMs)) silent.push(silenceOf(name, watch, periodMs));
  }
  return silent;
}

/** Since when the detector looks without a pause. */
async function awakeSince(work: UnitOfWork, { name, periodMs }: ScheduledFunction, nowMs: number): Promise<number> {
  const stored = await work.read(watchCollection, name);
  const lastMs = Number(stored?.["lastMs"] ?? 0);
  if (nowMs - lastMs <= PAUSE_PERIODS * periodMs) return Number(stored?.["awakeMs"] ?? 0);
  work.write(watchCollection, name, { sinceMs: nowMs, ...stored, awakeMs: nowMs });
  return nowMs;
}

async function watchOf(work: UnitOfWork, name: string): Promise<(Watch & { readonly awakeMs?: number }) | undefined> {
  const data = await work.read(watchCollection, name);
  return data === undefined ? undefined : { ...data, ...readWatch({ data }) };
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
