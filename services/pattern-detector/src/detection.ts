/** One batch of events or one tick at work: loads what a look touches, lets the pure parts decide, and keeps what is to be stored and told. */

import { incidentPolicy } from "@kintsugi/config/incident-policy";
import type { Config } from "@kintsugi/config/model";
import type { IncidentChanged } from "@kintsugi/events/alerts";
import type { Observation } from "@kintsugi/events/observation";
import { isInScope, type Scope, type Subject, subjectKey } from "@kintsugi/events/subject";
import type { Dependencies, NewEvent } from "@kintsugi/function-kit/declaration";
import { modeId, normalSince, operatorCollection } from "@kintsugi/function-kit/mode";
import type { Write } from "@kintsugi/ports/documents";
import { announcements } from "./announcements.ts";
import { type Change, type Evolved, evolveIncident } from "./evolve-incident.ts";
import type { Graph } from "./graph.ts";
import { type IncidentRecord, isLive, isOpen, newRecord } from "./incident-record.ts";
import { type IncidentStore, openIncidentStore } from "./incident-store.ts";
import { type Look, looksOf } from "./look.ts";
import { settleAll } from "./settle-all.ts";
import { type UnitOfWork, unitOfWork } from "./unit-of-work.ts";
import { openWindows, type Windows } from "./windows.ts";

export type Detection = {
  readonly config: Config;
  readonly work: UnitOfWork;
  readonly incidents: IncidentStore;
  readonly windows: Windows;
  readonly nowMs: number;
  /** When normal work began again, epoch ms; undefined in a mode such as off-season, in which nothing is opened or told. */
  normalSinceMs(): Promise<number | undefined>;
  /** All that one event says, applied together. @param complete whatever else is open in these groups is over */
  observe(said: Said): Promise<void>;
  /** A change that comes from no look: an operator's word, a reminder, a day that is given up. */
  change(run: (record: IncidentRecord) => Evolved, keys: readonly string[]): Promise<void>;
  announced(): readonly NewEvent[];
  /** What has really changed. */
  writes(): readonly Write[];
};

export type Said = {
  readonly by: string;
  readonly observations: readonly Observation[];
  readonly complete?: readonly Scope[];
  /** Event time, epoch ms. */
  readonly atMs: number;
};

/** What one event or word touches: each record as it was, and what became of it. */
export type Step = {
  readonly before: Map<string, IncidentRecord>;
  readonly looked: Map<string, IncidentRecord>;
  readonly changes: Map<string, readonly Change[]>;
};

export type Parts = Pick<Dependencies, "config" | "documents">;

/** @param graph of the configuration, made once for all batches */
export function openDetection({ config, documents }: Parts, graph: Graph, nowMs: number): Detection {
  const work = unitOfWork(documents);
  const incidents = openIncidentStore(work, config, nowMs);
  const setting = { graph, rooms: config.slack.channels, nowMs };
  const told: IncidentChanged[] = [];

  async function normalSinceMs(): Promise<number | undefined> {
    const data = await work.read(operatorCollection, modeId);
    return normalSince(data === undefined ? undefined : { data }, nowMs);
  }

  /** Applies changes to single records, then settles what they mean for each other. */
  async function step(apply: (step: Step) => Promise<void>): Promise<void> {
    const current: Step = { before: new Map(), looked: new Map(), changes: new Map() };
    await apply(current);
    for (const [key, record] of current.looked) if (current.before.get(key) === record) current.looked.delete(key);
    if (current.looked.size === 0) return;
    const settled = await settleAll(current, incidents, setting);
    for (const record of settled.changed) await incidents.put(record);
    told.push(...settled.told);
  }

  async function look(current: Step, each: Look, { by, atMs }: Said, isBlindRun: boolean): Promise<void> {
    const key = subjectKey(each.subject);
    // What is well, and was so before, needs no record.
    if (each.troubles.length === 0 && !(await isKnownBad(current, key))) return;
    const known = await find(current, key);
    const policy = incidentPolicy(config, each.subject);
    const openAfter = each.isBlind ? policy.unknownAfter : policy.openAfter;
    const mayOpen = each.troubles.length === 0 || (await isOpening(current, each, by, isBlindRun));
    const record = { ...(known ?? newRecord(each.subject, by)), by };
    keep(current, evolveIncident(record, each, { ...policy, openAfter: mayOpen ? openAfter : Infinity }, atMs));
  }

  async function isKnownBad({ looked }: Step, key: string): Promise<boolean> {
    const record = looked.get(key);
    return record === undefined ? (await incidents.standings()).has(key) : isLive(record);
  }

  /** Not in a mode; and where the function as a whole tells that its run could not look, the single subjects do not tell it again. */
  async function isOpening({ looked }: Step, { subject, isBlind }: Look, by: string, isBlindRun: boolean): Promise<boolean> {
    if ((await normalSinceMs()) === undefined) return false;
    if (!isBlind || !isBlindRun || subject.kind === "function") return true;
    const whole = subjectKey({ kind: "function", function: by });
    return !isOpen(looked.get(whole) ?? (await incidents.standings()).get(whole));
  }

  async function find({ before, looked }: Step, key: string): Promise<IncidentRecord | undefined> {
    const known = looked.get(key);
    if (known !== undefined) return known;
    const stored = await incidents.get(key);
    if (stored !== undefined) before.set(key, stored);
    return stored;
  }

  function keep(current: Step, { record, changes }: Evolved): void {
    current.looked.set(record.key, record);
    if (changes.length > 0) current.changes.set(record.key, [...(current.changes.get(record.key) ?? []), ...changes]);
  }

  /** What a run would have named if it were not well. */
  async function unnamed(named: ReadonlySet<string>, complete: readonly Scope[]): Promise<readonly Subject[]> {
    if (complete.length === 0) return [];
    const others = [...(await incidents.standings()).values()].filter(({ key }) => !named.has(key));
    return others.filter(({ subject }) => complete.some((scope) => isInScope(subject, scope))).map(({ subject }) => subject);
  }

  return {
    config,
    work,
    incidents,
    windows: openWindows(work),
    nowMs,
    normalSinceMs,
    observe: (said) =>
      step(async (current) => {
        const looks = looksOf(said.by, said.observations);
        const isBlindRun = said.observations.some(({ subject, verdict }) => subject.kind === "function" && verdict === "unknown");
        const named = new Set(looks.map(({ subject }) => subjectKey(subject)));
        const others = await unnamed(named, said.complete ?? []);
        const over = others.map((subject): Look => ({ subject, troubles: [], good: [undefined], isBlind: false }));
        await incidents.preload(looks.filter(({ troubles }) => troubles.length > 0).map(({ subject }) => subjectKey(subject)));
        for (const each of [...looks, ...over]) await look(current, each, said, isBlindRun);
      }),
    change: (run, keys) =>
      step(async (current) => {
        await incidents.preload(keys);
        for (const key of keys) {
          const record = await find(current, key);
          if (record !== undefined) keep(current, run(record));
        }
      }),
    announced: () => announcements(told),
    writes() {
      incidents.saveIndex();
      return work.writes();
    },
  };
}
