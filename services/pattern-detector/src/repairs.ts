/** The healer's one repairs message of the day: each repair that worked edits it. */

import type { Config } from "@kintsugi/config/model";
import { derivedId, type EventOf } from "@kintsugi/events/event";
import type { RepairsRecorded } from "@kintsugi/events/alerts";
import type { NewEvent } from "@kintsugi/function-kit/declaration";
import { z } from "zod";
import type { UnitOfWork } from "./unit-of-work.ts";

const collection = "kintsugi_repairs";
const MAX_LISTED = 20;
/** The default limits allow 480 a day. */
const MAX_COUNTED = 5_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SEPARATOR = "; ";

export async function recordRepair(
  work: UnitOfWork,
  config: Config,
  { data, time }: EventOf<"healing.completed">,
): Promise<readonly NewEvent[]> {
  const isOurs = config.healers.some(({ name }) => name === data.actor);
  const isTold = data.outcome === "effective" && data.mode !== "propose" && data.mode !== "shadow";
  if (!isOurs || !isTold || config.slack.repairs === "off") return [];
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: config.timezone }).format(new Date(time));
  const id = derivedId(data.actor, day);
  const before = (await work.read(collection, id)) as RepairsRecorded | undefined;
  const repair = { time, target: data.target, cause: data.cause.code, text: textOf(data, before?.repairs ?? []) };
  const times = await recentTimes(work, data.actor, Date.parse(time));
  const after: RepairsRecorded = {
    healer: data.actor,
    day,
    revision: (before?.revision ?? 0) + 1,
    count: (before?.count ?? 0) + 1,
    last_hour: times.filter((atMs) => atMs > Date.parse(time) - HOUR_MS).length,
    last_24_hours: times.length,
    repairs: [...(before?.repairs ?? []), repair].slice(-MAX_LISTED),
  };
  work.write(collection, id, after);
  return [{ type: "repairs.recorded", purpose: `repairs:${data.actor}:${day}:${after.revision}`, subject: data.actor, data: after }];
}

/** Times of this healer's repairs of the last 24 h up to this one, which is added. The day turns at midnight; this does not. */
async function recentTimes(work: UnitOfWork, healer: string, atMs: number): Promise<readonly number[]> {
  const id = derivedId(healer, "times");
  const before = z.array(z.number()).parse((await work.read(collection, id))?.["times"] ?? []);
  const times = [...before, atMs].filter((time) => time > atMs - DAY_MS).slice(-MAX_COUNTED);
  work.write(collection, id, { healer, times });
  return times;
}

/** A skip reason that nobody has listed is told once a day, with the first repair that met it. */
function textOf({ trigger_reason, metadata }: EventOf<"healing.completed">["data"], before: RepairsRecorded["repairs"]): string {
  const reasons = Array.isArray(metadata["unclassified"]) ? metadata["unclassified"].map(String) : [];
  const told = new Set(before.flatMap(({ text }) => text.split(SEPARATOR)));
  const untold = reasons.map((reason) => `unclassified: ${reason}`).filter((words) => !told.has(words));
  return [trigger_reason, ...untold].join(SEPARATOR);
}
