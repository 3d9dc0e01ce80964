/** Events may come in any order: what is older than the last that its source has said of the same day says nothing about now. */

import { believedMark, derivedId, type Event, saidMs } from "@kintsugi/events/event";
import type { Observation } from "@kintsugi/events/observation";
import type { Detection } from "./detection.ts";

const collection = "kintsugi_judged";
/** A gate may be asked about many days; of so many the last word is remembered. */
const MAX_DAYS = 60;
const KEPT_MS = 60 * 24 * 3_600_000;

/** For all events but runs, of which the watch knows the last. */
export async function isHistory(
  { work, nowMs }: Pick<Detection, "work" | "nowMs">,
  event: Event,
  observations: readonly Observation[],
): Promise<boolean> {
  if (observations.length === 0 || event.subject === undefined) return false;
  const id = derivedId(event.type, event.subject);
  const day = observations.find((one) => one.day !== undefined)?.day ?? "";
  const atMs = saidMs(event, nowMs);
  const last = ((await work.read(collection, id))?.["last"] ?? {}) as Readonly<Record<string, number>>;
  if (atMs < believedMark(last[day] ?? 0, nowMs)) return true;
  const kept = Object.entries({ ...last, [day]: atMs }).sort(([, a], [, b]) => b - a);
  work.write(collection, id, { last: Object.fromEntries(kept.slice(0, MAX_DAYS)) }, kept[0]![1] + KEPT_MS);
  return false;
}
