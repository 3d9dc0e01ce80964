/** The healer's one repairs message of the day: each repair that worked edits it. */

import type { Config } from "@kintsugi/config/model";
import { derivedId, type EventOf } from "@kintsugi/events/event";
import type { RepairsRecorded } from "@kintsugi/events/alerts";
import type { NewEvent } from "@kintsugi/function-kit/declaration";
import type { Memory } from "./memory.ts";

const collection = "kintsugi_repairs";
const MAX_LISTED = 20;
const SEPARATOR = "; ";

export async function recordRepair(
  memory: Memory,
  config: Config,
  { data, time }: EventOf<"healing.completed">,
): Promise<readonly NewEvent[]> {
  const isOurs = config.healers.some(({ name }) => name === data.actor);
  const isTold = data.outcome === "effective" && data.mode !== "propose" && data.mode !== "shadow";
  if (!isOurs || !isTold || config.slack.repairs === "off") return [];
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: config.timezone }).format(new Date(time));
  const id = derivedId(data.actor, day);
  const before = (await memory.read(collection, id)) as RepairsRecorded | undefined;
  const repair = { time, target: data.target, cause: data.cause.code, text: textOf(data, before?.repairs ?? []) };
  const after: RepairsRecorded = {
    healer: data.actor,
    day,
    revision: (before?.revision ?? 0) + 1,
    count: (before?.count ?? 0) + 1,
    repairs: [...(before?.repairs ?? []), repair].slice(-MAX_LISTED),
  };
  memory.write(collection, id, after);
  return [{ type: "repairs.recorded", purpose: `repairs:${data.actor}:${day}:${after.revision}`, subject: data.actor, data: after }];
}

/** A skip reason that nobody has listed is told once a day, with the first repair that met it. */
function textOf({ trigger_reason, metadata }: EventOf<"healing.completed">["data"], before: RepairsRecorded["repairs"]): string {
  const reasons = Array.isArray(metadata["unclassified"]) ? metadata["unclassified"].map(String) : [];
  const told = new Set(before.flatMap(({ text }) => text.split(SEPARATOR)));
  const untold = reasons.map((reason) => `unclassified: ${reason}`).filter((words) => !told.has(words));
  return [trigger_reason, ...untold].join(SEPARATOR);
}
