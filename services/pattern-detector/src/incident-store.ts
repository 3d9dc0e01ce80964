/** Where the detector keeps its records: one document per subject, and one small index of all that is not well. */

import { incidentPolicy } from "@kintsugi/config/incident-policy";
import type { Config } from "@kintsugi/config/model";
import { incidentId, incidentsCollection, indexCollection, indexId } from "@kintsugi/function-kit/incidents";
import { dueOf } from "./due.ts";
import { type IncidentRecord, isLive, readRecord, rewound } from "./incident-record.ts";
import { type Standing, standingOf, wordless } from "./standing.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** What is well again is remembered for so long; holes stay until a person closes them. */
const KEPT_MS = 30 * 24 * 3_600_000;
/** Version 0.1.0 kept here what was well again. */
const formerHistory = "kintsugi_incident_history";

export type IncidentStore = {
  /** All that is not well, by key, without words: enough to place others by, never to be stored. Reads the index, once. */
  standings(): Promise<ReadonlyMap<string, IncidentRecord>>;
  /** Keys of what time alone may have changed by now. */
  due(nowMs: number): Promise<readonly string[]>;
  /** Reads at once what will be asked for one by one. */
  preload(keys: readonly string[]): Promise<void>;
  get(key: string): Promise<IncidentRecord | undefined>;
  put(record: IncidentRecord): Promise<void>;
  /** Whether others would place it as before, so that the index can stay unread. */
  isPlacedAlike(before: IncidentRecord | undefined, after: IncidentRecord): boolean;
  /** Writes the index, if it has changed. */
  saveIndex(): void;
};

type Index = { readonly standings: Map<string, Standing>; readonly records: Map<string, IncidentRecord>; isChanged: boolean };

export function openIncidentStore(work: UnitOfWork, config: Config, nowMs: number): IncidentStore {
  let index: Index | undefined;
  const known = new Map<string, IncidentRecord | undefined>();
  const placed = (record: IncidentRecord | undefined): Standing | undefined =>
    record === undefined ? undefined : standingOf(record, dueOf(record, incidentPolicy(config, record.subject)));

  async function readIndex(): Promise<Index> {
    if (index !== undefined) return index;
    const data = await work.read(indexCollection, indexId);
    const standings = data === undefined ? await takeOver() : (data["standings"] as unknown as readonly Standing[]);
    index = {
      standings: new Map(standings.map((standing) => [standing.key, standing])),
      records: new Map(standings.map((standing) => [standing.key, wordless(standing)])),
      isChanged: data === undefined,
    };
    return index;
  }

  /** There was no index before: all records are read once. */
  async function takeOver(): Promise<readonly Standing[]> {
    const stored = [...(await work.list(incidentsCollection)), ...(await work.list(formerHistory))];
    const records = new Map(stored.toReversed().map(({ data }) => [String(data["key"]), readRecord(data)]));
    await work.preload(incidentsCollection, [...records.keys()].map(incidentId));
    for (const { id } of stored) work.remove(formerHistory, id);
    for (const record of records.values()) store(record);
    return [...records.values()].flatMap((record) => placed(record) ?? []);
  }

  function store(record: IncidentRecord): void {
    const id = incidentId(record.key);
    known.set(record.key, record);
    if (!isLive(record) && !isWorthKeeping(record)) work.remove(incidentsCollection, id);
    else work.write(incidentsCollection, id, record, expiryOf(record));
  }

  async function get(key: string): Promise<IncidentRecord | undefined> {
    if (!known.has(key)) {
      const data = await work.read(incidentsCollection, incidentId(key));
      known.set(key, data === undefined ? undefined : rewound(readRecord(data), nowMs));
    }
    return known.get(key);
  }

  return {
    standings: async () => (await readIndex()).records,
    async due(nowMs) {
      const { standings } = await readIndex();
      return [...standings.values()].filter(({ dueMs = Infinity }) => dueMs <= nowMs).map(({ key }) => key);
    },
    preload: (keys) => work.preload(incidentsCollection, keys.map(incidentId)),
    get,
    isPlacedAlike: (before, after) => textOf(placed(before)) === textOf(placed(after)),
    async put(record) {
      const before = placed(await get(record.key));
      store(record);
      const standing = placed(record);
      if (textOf(before) === textOf(standing)) return;
      const { standings, records } = (index = { ...(await readIndex()), isChanged: true });
      if (standing === undefined) for (const map of [standings, records]) map.delete(record.key);
      else {
        standings.set(record.key, standing);
        records.set(record.key, wordless(standing));
      }
    },
    saveIndex() {
      if (index?.isChanged !== true) return;
      const sorted = [...index.standings.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
      work.write(indexCollection, indexId, { standings: sorted });
    },
  };
}

function textOf(standing: Standing | undefined): string {
  return JSON.stringify(standing ?? null);
}

function isWorthKeeping({ incident, days, silence }: IncidentRecord): boolean {
  return incident !== undefined || days.length > 0 || silence !== undefined;
}

/** Epoch ms; undefined for what is not well, and for a hole. */
function expiryOf(record: IncidentRecord): number | undefined {
  if (isLive(record) || record.days.some(({ state }) => state === "given_up")) return undefined;
  return Math.max(record.lastMs + KEPT_MS, record.silence?.untilMs ?? 0);
}
