/** Fills what a sender left out of an event, what only its envelope can tell, and what events of an earlier version did not have. */

import type { EventType } from "./catalogue.ts";
import { derivedId } from "./event.ts";
import { parseSubject } from "./subject.ts";

type Data = Readonly<Record<string, unknown>>;
type Envelope = { readonly id: string; readonly source: string; readonly time: string };

/** Data as it is checked afterwards; everything given stays as it is. */
export function fillData(type: EventType, data: Data, envelope: Envelope): Record<string, unknown> {
  if (type === "healing.completed") return filledHeal(data, envelope);
  if (type === "incident.opened" || type === "incident.updated" || type === "incident.resolved") return filledIncident(data);
  if (type === "run.completed") return filledRun(data);
  return { ...data };
}

function filledHeal(data: Data, envelope: Envelope): Record<string, unknown> {
  const outcome = data["outcome"] ?? "effective";
  return {
    healing_id: `heal_${derivedId(envelope.source, envelope.id).slice(0, 12)}`,
    timestamp: envelope.time,
    target: envelope.id,
    success: outcome === "effective",
    ...data,
  };
}

/** Version 0.1.0 told an incident by its key alone, and one line for the thread. */
function filledIncident({ thread, ...data }: Data): Record<string, unknown> {
  const subject = data["subject"] ?? (typeof data["key"] === "string" ? parseSubject(data["key"]) : undefined);
  return { ...data, subject, ...(typeof thread === "string" ? { remarks: [{ text: thread, aloud: false }] } : {}) };
}

/** Version 0.1.0 had other names for what a healer found. */
function filledRun(data: Data): Record<string, unknown> {
  if (!Array.isArray(data["healers"])) return { ...data };
  const healers = data["healers"].map((run: unknown) => {
    if (run === null || typeof run !== "object" || !("sick" in run)) return run;
    const { sick, told, refused, ...rest } = run as Data;
    return { ...rest, stalled: sick, escalated: told, limited: refused };
  });
  return { ...data, healers };
}
