/** Reads what the version before has stored of a healer's repairs: a document per day, and one of recent times. To be dropped once no such state can be in use. */

import { RepairsRecorded } from "@kintsugi/events/alerts";
import { derivedId } from "@kintsugi/events/event";
import { z } from "zod";
import type { Repairs } from "./repairs.ts";
import type { UnitOfWork } from "./unit-of-work.ts";
import { recordOf } from "./window-records.ts";

const Times = z.object({ times: z.array(z.number()) });

/** Takes them out of use, all of this healer's days. Undefined when there are none: one look tells. @param collection where both versions keep them */
export async function readOldRepairs(work: UnitOfWork, collection: string, healer: string): Promise<Repairs | undefined> {
  const timesId = derivedId(healer, "times");
  const stored = await work.read(collection, timesId);
  if (stored === undefined) return undefined;
  const times = [...Times.parse(stored).times].sort((a, b) => a - b).map((timeMs) => recordOf(timeMs, false));
  const days: RepairsRecorded[] = [];
  // Ids are hexadecimal digits.
  for (const { id, data } of await work.range(collection, "0", "g")) {
    if (data["healer"] !== healer || typeof data["day"] !== "string") continue;
    days.push(RepairsRecorded.parse(data));
    work.remove(collection, id);
  }
  work.remove(collection, timesId);
  const kept = days.map(({ day, revision, count, repairs }) => [day, { revision, count, repairs }] as const);
  return { healer, days: Object.fromEntries(kept), times: times.join("") };
}
