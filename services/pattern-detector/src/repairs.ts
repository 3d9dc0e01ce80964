/** The healer's one repairs message of the day: each repair that worked edits it. */

import type { Config } from "@kintsugi/config/model";
import { RepairsRecorded } from "@kintsugi/events/alerts";
import { derivedId, type EventOf } from "@kintsugi/events/event";
import type { NewEvent } from "@kintsugi/function-kit/declaration";
import { z } from "zod";
import { readOldRepairs } from "./repairs-conversion.ts";
import type { UnitOfWork } from "./unit-of-work.ts";
import { countOf, lastOf, notLater, recordOf, sliceOf, withRecord } from "./window-records.ts";

const collection = "kintsugi_repairs";
const MAX_LISTED = 20;
/** The default limits allow 480 a day. */
const MAX_COUNTED = 5_000;
const MAX_REASON = 500;
/** Around midnight repairs of both days come in any order. */
const MAX_DAYS = 2;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SEPARATOR = "; ";
const dayFormats = new Map<string, Intl.DateTimeFormat>();

const Day = RepairsRecorded.pick({ revision: true, count: true, repairs: true });
type Day = z.infer<typeof Day>;
/** All that is kept of one healer. `times`: a record for each repair of the last 24 h, for the day turns at midnight and this does not. */
const Repairs = z.object({ healer: z.string(), days: z.record(z.string(), Day), times: z.string() });
export type Repairs = z.infer<typeof Repairs>;

export async function recordRepair(
  work: UnitOfWork,
  config: Config,
  { data, time }: EventOf<"healing.completed">,
): Promise<readonly NewEvent[]> {
  const { healing_type: healer, actor } = data;
  // What a person has applied is the healer's repair too; what others publish under its name is not.
  const isOurs = config.healers.some(({ name }) => name === healer) && (actor === healer || data.mode === "manual");
  const isTold = data.outcome === "effective" && data.mode !== "propose" && data.mode !== "shadow";
  if (!isOurs || !isTold || config.slack.repairs === "off") return [];
  const day = dayFormat(config.timezone).format(new Date(time));
  const before = await load(work, healer);
  // What belongs to a day before these is in the ledger; its message is done.
  if (Object.keys(before.days).filter((known) => known > day).length >= MAX_DAYS) return [];
  const atMs = Date.parse(time);
  const times = withTime(before.times, atMs);
  const after = withRepair(before.days[day], data, time);
  save(work, { healer, days: newest({ ...before.days, [day]: after }), times });
  const since = (spanMs: number): number => notLater(times, atMs) - notLater(times, atMs - spanMs);
  const recorded = { healer, day, ...after, last_hour: since(HOUR_MS), last_24_hours: since(DAY_MS) };
  return [{ type: "repairs.recorded", purpose: `repairs:${healer}:${day}:${after.revision}`, subject: healer, data: recorded }];
}

/** To make one costs more than all the rest. */
function dayFormat(timeZone: string): Intl.DateTimeFormat {
  const format = dayFormats.get(timeZone) ?? new Intl.DateTimeFormat("en-CA", { timeZone });
  dayFormats.set(timeZone, format);
  return format;
}

async function load(work: UnitOfWork, healer: string): Promise<Repairs> {
  const stored = await work.read(collection, derivedId(healer));
  if (stored !== undefined) return Repairs.parse(stored);
  const old = await readOldRepairs(work, collection, healer);
  if (old === undefined) return { healer, days: {}, times: "" };
  const taken = { ...old, days: newest(old.days) };
  save(work, taken);
  return taken;
}

function newest(days: Repairs["days"]): Repairs["days"] {
  const sorted = Object.entries(days).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.slice(-MAX_DAYS));
}

function save(work: UnitOfWork, repairs: Repairs): void {
  work.write(collection, derivedId(repairs.healer), repairs, lastOf(repairs.times) + 2 * DAY_MS);
}

function withRepair(before: Day | undefined, data: EventOf<"healing.completed">["data"], time: string): Day {
  const { revision, count, repairs } = before ?? { revision: 0, count: 0, repairs: [] };
  const repair = { time, target: data.target, cause: data.cause.code, text: textOf(data, repairs) };
  return { revision: revision + 1, count: count + 1, repairs: [...repairs, repair].slice(-MAX_LISTED) };
}

function withTime(before: string, atMs: number): string {
  const times = withRecord(before, notLater(before, atMs), recordOf(atMs, false));
  return sliceOf(times, Math.max(notLater(times, lastOf(times) - DAY_MS), countOf(times) - MAX_COUNTED));
}

/** A skip reason that nobody has listed is told once a day, with the first repair that met it. */
function textOf({ trigger_reason, metadata }: EventOf<"healing.completed">["data"], before: RepairsRecorded["repairs"]): string {
  const reasons = Array.isArray(metadata["unclassified"]) ? metadata["unclassified"].map(String) : [];
  const told = new Set(before.flatMap(({ text }) => text.split(SEPARATOR)));
  const untold = reasons.map((reason) => `unclassified: ${reason}`).filter((words) => !told.has(words));
  return [trigger_reason.slice(0, MAX_REASON), ...untold].join(SEPARATOR);
}
