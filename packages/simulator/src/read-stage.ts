/** Reads incidents and both sides of the ledger for the expectations. */

import { incidentsCollection, readIncident } from "@kintsugi/function-kit/incidents";
import { KEPT_MS, ledgerCollection } from "@kintsugi/ledger/rows";
import type { JsonObject } from "@kintsugi/ports/json";
import type { Stage } from "./stage.ts";

/** The latest state of every incident since the start; the store forgets old ones, what was told does not. */
export async function readIncidents(stage: Stage): Promise<ReadonlyMap<string, JsonObject>> {
  const incidents = new Map<string, JsonObject>(stage.seen.incidents);
  for (const document of await stage.documents.list(incidentsCollection)) {
    const incident = readIncident(document);
    if (incident !== undefined) incidents.set(incident.key, incident);
  }
  return incidents;
}

export type LedgerSeen = {
  readonly byType: ReadonlyMap<string, number>;
  /** Events that stand more than once in what people query. */
  readonly duplicates: number;
  readonly onlyInDocuments: readonly string[];
  readonly onlyInWarehouse: readonly string[];
  /** `<healing type> <outcome>` to how many. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** Accepted and not in the ledger. */
  readonly lost: readonly string[];
};

export async function readLedger(stage: Stage): Promise<LedgerSeen> {
  const { rows } = await stage.raw.ledger.query(
    `select event_key, 'healing.completed' as type, healing_type, outcome, recorded_at from kintsugi.healing_events
     union all select event_key, type, null, null, recorded_at from kintsugi.events`,
  );
  // The document store forgets what the warehouse keeps.
  const isKept = (row: JsonObject): boolean => stage.clock.now() - Date.parse(String(row["recorded_at"])) < KEPT_MS;
  const documents = new Set((await stage.documents.list(ledgerCollection)).map(({ id }) => id.slice(id.indexOf("~") + 1)));
  const warehouse = new Set(rows.map((row) => String(row["event_key"])));
  return {
    byType: tally(rows.map((row) => String(row["type"]))),
    duplicates: rows.length - warehouse.size,
    onlyInDocuments: [...documents].filter((key) => !warehouse.has(key)),
    onlyInWarehouse: rows.filter((row) => isKept(row) && !documents.has(String(row["event_key"]))).map((row) => String(row["event_key"])),
    outcomes: tally(
      rows.filter((row) => row["type"] === "healing.completed").map((row) => `${String(row["healing_type"])} ${String(row["outcome"])}`),
    ),
    lost: [...stage.seen.accepted].filter((key) => !documents.has(key) && !warehouse.has(key)),
  };
}

function tally(words: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
