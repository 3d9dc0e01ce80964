/** The dead letter of an event whose row the warehouse refuses for good, found when the stores are brought together. */

import { isEventType } from "@kintsugi/events/catalogue";
import type { Event } from "@kintsugi/events/event";
import { toMessage } from "@kintsugi/events/wire";
import { deadLetter } from "@kintsugi/function-kit/dead-letter";
import type { Door } from "@kintsugi/function-kit/mask-what-leaves";
import type { KeepRefused } from "@kintsugi/ledger/repair-hour";
import { KEPT_MS } from "@kintsugi/ledger/rows";
import type { Message } from "@kintsugi/ports/bus";
import type { JsonObject } from "@kintsugi/ports/json";

/** Nobody is called: what is refused for good is refused whatever people do. It stands among the dead letters until it is replayed or dropped. */
export function keepRefused(functionName: string, nowMs: number, door: Door): KeepRefused {
  return ({ key, reason, data }) => {
    const { write, publish } = deadLetter(
      { ...messageOf(data), messageId: key, publishedMs: nowMs },
      { functionName, reason, needsPerson: false },
      door,
    );
    return { writes: [{ ...write, expiresMs: nowMs + KEPT_MS }], publish };
  };
}

/** As it came by the bus, so that it can be sent again; what is no event is kept as it is. */
function messageOf(data: JsonObject): Message {
  if (isEvent(data)) return toMessage(data);
  return { topic: "", attributes: {}, data: Buffer.from(JSON.stringify(data)) };
}

function isEvent(data: JsonObject | Event): data is Event {
  const texts = [data.id, data.source, data.time].every((text) => typeof text === "string");
  return texts && typeof data.type === "string" && isEventType(data.type) && typeof data.data === "object" && data.data !== null;
}
