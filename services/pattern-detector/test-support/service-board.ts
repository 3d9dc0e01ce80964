/** The service itself at work on facts: its handler and its tick, with documents in memory. */

import type { IncidentChanged } from "@kintsugi/events/alerts";
import type { Event } from "@kintsugi/events/event";
import { subjectKey } from "@kintsugi/events/subject";
import type { NewEvent } from "@kintsugi/function-kit/declaration";
import type { Document, Documents, ListQuery, Write } from "@kintsugi/ports/documents";
import { detectPatterns } from "../src/handler.ts";
import { tick } from "../src/tick.ts";
import { observationOf, wordOf } from "./play-facts.ts";
import { type Fact, gate, type World } from "./world.ts";

/** What was announced with each fact; that somebody is silent is left out. */
export async function playService({ config }: World, facts: readonly Fact[]): Promise<readonly (readonly IncidentChanged[])[]> {
  const documents = memory();
  const handle = detectPatterns({ config, documents });
  const onTick = tick({ config, documents });
  const announced: (readonly IncidentChanged[])[] = [];
  let batch: Event[] = [];
  for (const [index, fact] of facts.entries()) {
    const { nowMs } = fact;
    if (fact.kind !== "tick") batch.push(eventOf(fact, `e${index}`));
    const isWaiting = fact.kind === "look" && fact.isBatched === true;
    const { writes = [], publish = [] } = isWaiting
      ? {}
      : fact.kind === "tick"
        ? await onTick({ id: `e${index}`, dueMs: nowMs, nowMs })
        : await handle(batch, { nowMs, patienceMs: 0 });
    if (!isWaiting) batch = [];
    await documents.commit({ writes, publish: [], outbox: "o" });
    announced.push(incidentsOf(publish));
  }
  return announced;
}

function incidentsOf(publish: readonly NewEvent[]): readonly IncidentChanged[] {
  const incidents = publish.flatMap(({ type, data }) => (type.startsWith("incident.") ? [data as IncidentChanged] : []));
  return incidents.filter(({ subject }) => subject.kind !== "silence");
}

function eventOf(fact: Exclude<Fact, { kind: "tick" }>, id: string): Event {
  if (fact.kind === "word") return { ...wordOf(fact), id };
  const { by, atMs, seen } = fact;
  const time = new Date(atMs).toISOString();
  const observations = seen.map(observationOf);
  const source = `kintsugi/${by}`;
  const isGate = seen.some(({ subject }) => subjectKey(subject) === subjectKey(gate));
  if (isGate)
    return { id, source, time, type: "gate.decided", subject: gate.gate, data: { gate: gate.gate, observations } } as unknown as Event;
  const data = { function: by, due: time, started: time, verdict: "ok", counts: {}, observations, complete: [] } as const;
  return { id, source, time, type: "run.completed", subject: by, data: { ...data, observations, complete: [] } };
}

function memory(): Documents {
  const stored = new Map<string, Map<string, Document>>();
  const of = (collection: string): Map<string, Document> => {
    const found = stored.get(collection) ?? new Map<string, Document>();
    stored.set(collection, found);
    return found;
  };
  let version = 0;
  const write = (each: Write): void => {
    if (each.op === "delete") return void of(each.collection).delete(each.id);
    // As a store keeps it: without what is undefined.
    const data = JSON.parse(JSON.stringify(each.data)) as Document["data"];
    of(each.collection).set(each.id, { id: each.id, data, version: String(++version) });
  };
  return {
    get: async (collection, id) => of(collection).get(id),
    getMany: async (collection, ids) => ids.map((id) => of(collection).get(id)),
    list: async (collection, { from = "", to = "\uffff" }: ListQuery = {}) =>
      [...of(collection).values()].filter(({ id }) => id >= from && id < to).sort((a, b) => (a.id < b.id ? -1 : 1)),
    commit: async ({ writes }) => writes.forEach(write),
    flush: async () => {},
    sweepOutbox: async () => [],
  };
}
