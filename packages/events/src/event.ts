/** An event inside the system: CloudEvents' context attributes and validated data. */

import { createHash } from "node:crypto";
import type { DataOf, EventType } from "./catalogue.ts";

export type EventOf<T extends EventType> = {
  readonly id: string;
  /** Who says it: `kintsugi/<function>`, or a user's own name. Duplicates are told by source and id together. */
  readonly source: string;
  readonly type: T;
  /** About what. */
  readonly subject?: string;
  /** Event time, RFC 3339 UTC. */
  readonly time: string;
  readonly data: DataOf<T>;
};

/** A union over the types, so that a switch on `type` narrows `data`. */
export type Event = { [T in EventType]: EventOf<T> }[EventType];

/** A stable id of 32 hex digits from what an event stems from; the same cause gives the same id. */
export function derivedId(...parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 32);
}

/** Tells an event from all others, also those of another source with the same id. */
export function eventKey(event: { readonly source: string; readonly id: string }): string {
  return derivedId(event.source, event.id);
}
