/** Turns what a handler wants published into events whose ids derive from their cause. */

import { derivedId, type Event } from "@kintsugi/events/event";
import { toMessage } from "@kintsugi/events/wire";
import type { Message } from "@kintsugi/ports/bus";
import type { NewEvent } from "./declaration.ts";

/** @param cause what made the handler act: an event's key, a run's id */
export function announce(items: readonly NewEvent[], from: { functionName: string; cause: string; nowMs: number }): Message[] {
  return items.map((item) =>
    toMessage({
      id: derivedId(from.cause, item.purpose),
      source: `kintsugi/${from.functionName}`,
      type: item.type,
      ...(item.subject === undefined ? {} : { subject: item.subject }),
      time: new Date(item.timeMs ?? from.nowMs).toISOString(),
      data: item.data,
    } as Event),
  );
}
