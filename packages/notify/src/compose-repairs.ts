/** The one message of a day about a healer's repairs. Pure. */

import type { RepairsRecorded } from "@kintsugi/events/alerts";
import { derivedId } from "@kintsugi/events/event";
import type { ChatMessage } from "@kintsugi/ports/chat";
import type { Setting } from "./compose.ts";
import { clockOf } from "./local-time.ts";
import { oneLine } from "./one-line.ts";

const MAX_LISTED = 10;

/** What people link and look up. */
export function repairsKey({ healer, day }: Pick<RepairsRecorded, "healer" | "day">): string {
  return `repairs:${healer}:${day}`;
}

export function composeRepairs(recorded: RepairsRecorded, { pipeline, timezone }: Omit<Setting, "phases">): ChatMessage {
  const { healer, day, count, repairs, last_hour: hour, last_24_hours: dayLong } = recorded;
  const times = count === 1 ? "once" : `${count} times`;
  const listed = repairs.slice(-MAX_LISTED);
  const before = count - listed.length;
  return {
    key: derivedId(repairsKey(recorded)),
    headline: `${oneLine(healer)} repaired ${times} on ${day} (${hour} in the last hour, ${dayLong} in 24 h), each proved`,
    facts: [
      ...(before > 0 ? [`${before} more before these`] : []),
      ...listed.map(
        ({ time, target, cause, text }) => `${clockOf(time, timezone)} ${oneLine(target)}: ${oneLine(text)} (cause: ${oneLine(cause)})`,
      ),
    ],
    steps: [],
    notes: [`pipeline ${oneLine(pipeline)}`, oneLine(repairsKey(recorded)), `times of ${timezone}`],
    tone: "good",
    mention: false,
    actions: [],
  };
}
