/** Fills what a sender left out of an event and what only its envelope can tell. */

import { derivedId } from "./event.ts";
import type { EventType } from "./catalogue.ts";

type Envelope = { readonly id: string; readonly source: string; readonly time: string };

/** Data as it is checked afterwards; everything given stays as it is. */
export function fillData(type: EventType, data: Readonly<Record<string, unknown>>, envelope: Envelope): Record<string, unknown> {
  if (type !== "healing.completed") return { ...data };
  const outcome = data["outcome"] ?? "effective";
  return {
    healing_id: `heal_${derivedId(envelope.source, envelope.id).slice(0, 12)}`,
    timestamp: envelope.time,
    target: envelope.id,
    success: outcome === "effective",
    ...data,
  };
}
