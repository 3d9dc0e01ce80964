/** The detector at work on facts, without a store: the pure parts in the order in which `detection.ts` and `tick.ts` call them. */

import { incidentPolicy } from "@kintsugi/config/incident-policy";
import type { IncidentPolicy } from "@kintsugi/config/model";
import type { IncidentChanged } from "@kintsugi/events/alerts";
import type { Observation } from "@kintsugi/events/observation";
import { type Subject, subjectKey } from "@kintsugi/events/subject";
import { announcements } from "../src/announcements.ts";
import { type Change, endFlapping, type Evolved, evolveIncident, giveUpDays } from "../src/evolve-incident.ts";
import { type Graph, graphOf } from "../src/graph.ts";
import { type IncidentRecord, isLive, isOpen, newRecord, type OpenRecord } from "../src/incident-record.ts";
import { looksOf } from "../src/look.ts";
import { endSilence, obeyWord, type Word } from "../src/obey-word.ts";
import { remind } from "../src/remind.ts";
import { settle } from "../src/settle.ts";
import { type Fact, type Seen, worlds, type World } from "./world.ts";

type Records = ReadonlyMap<string, IncidentRecord>;

/** What is stored after some facts; a value, so that histories may branch from it. */
export type Board = {
  readonly records: Records;
  /** Time of the newest look of each stream. */
  readonly newest: ReadonlyMap<string, number>;
  /** Told, and waiting for the end of the batch. */
  readonly waiting: readonly IncidentChanged[];
};

export type Played = { readonly board: Board; readonly announced: readonly IncidentChanged[] };

export const emptyBoard: Board = { records: new Map(), newest: new Map(), waiting: [] };

/** Reading it from the configuration takes longer than all that is decided by it. */
const policies = new Map<World, Map<string, IncidentPolicy>>(worlds.map((world) => [world, new Map()]));

function policyOf(world: World, subject: Subject): IncidentPolicy {
  const known = policies.get(world)!;
  const key = subjectKey(subject);
  const policy = known.get(key) ?? incidentPolicy(world.config, subject);
  known.set(key, policy);
  return policy;
}

const graphs: ReadonlyMap<World, Graph> = new Map(worlds.map((world) => [world, graphOf(world.config)]));

export function playFact(world: World, board: Board, fact: Fact): Played {
  const { board: after, told } = heard(world, board, fact);
  const waiting = [...board.waiting, ...told];
  if (fact.kind === "look" && fact.isBatched === true) return { board: { ...after, waiting }, announced: [] };
  const announced = announcements(waiting).map(({ data }) => data as IncidentChanged);
  return { board: { ...after, waiting: [] }, announced };
}

type Heard = { readonly board: Board; readonly told: readonly IncidentChanged[] };

function heard(world: World, board: Board, fact: Fact): Heard {
  switch (fact.kind) {
    case "look":
      return observe(world, board, fact);
    case "tick":
      return passTime(world, board, fact.nowMs);
    case "word": {
      const obeyed = obeyWord(board.records.get(fact.key), wordOf(fact), fact.nowMs);
      return "refused" in obeyed ? { board, told: [] } : change(world, board, fact.nowMs, [obeyed]);
    }
  }
}

function observe(world: World, board: Board, fact: Extract<Fact, { kind: "look" }>): Heard {
  const { by, stream, atMs, nowMs } = fact;
  const source = `${by} ${stream}`;
  if (fact.seen.length === 0 || atMs < (board.newest.get(source) ?? 0)) return { board, told: [] };
  const newest = new Map(board.newest).set(source, atMs);
  const evolved: Evolved[] = [];
  for (const look of looksOf(by, fact.seen.map(observationOf))) {
    const known = board.records.get(subjectKey(look.subject));
    if ((known === undefined || !isLive(known)) && look.troubles.length === 0) continue;
    const { openAfter, unknownAfter, ...policy } = policyOf(world, look.subject);
    const record = { ...(known ?? newRecord(look.subject, by)), by };
    evolved.push(evolveIncident(record, look, { ...policy, openAfter: look.isBlind ? unknownAfter : openAfter }, atMs));
  }
  return change(world, { ...board, newest }, nowMs, evolved);
}

function passTime(world: World, board: Board, nowMs: number): Heard {
  const passes: readonly ((record: IncidentRecord) => Evolved)[] = [
    (record) => giveUpDays(record, policyOf(world, record.subject).openDaysMs, nowMs),
    whileOpen((record) => endFlapping(record, nowMs)),
    (record) => endSilence(record, nowMs),
    whileOpen((record) => remind(record, policyOf(world, record.subject).remindMs, nowMs)),
  ];
  const told: IncidentChanged[] = [];
  let after = board;
  for (const pass of passes) {
    const done = change(world, after, nowMs, [...after.records.values()].filter(isLive).map(pass));
    after = done.board;
    told.push(...done.told);
  }
  return { board: after, told };
}

function whileOpen(run: (record: OpenRecord) => Evolved): (record: IncidentRecord) => Evolved {
  return (record) => (isOpen(record) ? run(record) : { record, changes: [] });
}

/** Only what is not well, and what was just changed, is settled; all else rests. */
function change(world: World, board: Board, nowMs: number, evolved: readonly Evolved[]): Heard {
  const touched = evolved.filter(({ record }) => board.records.get(record.key) !== record);
  if (touched.length === 0) return { board, told: [] };
  const keys = new Set(touched.map(({ record }) => record.key));
  const before = new Map([...board.records].filter(([key, record]) => isLive(record) || keys.has(key)));
  const looked = new Map(before);
  const changes = new Map<string, readonly Change[]>();
  for (const { record, changes: list } of touched) {
    looked.set(record.key, record);
    if (list.length > 0) changes.set(record.key, list);
  }
  const setting = { graph: graphs.get(world)!, rooms: world.config.slack.channels, nowMs };
  const settled = settle(before, looked, changes, setting);
  const records = new Map([...board.records, ...settled.records]);
  return { board: { ...board, records }, told: settled.told };
}

export function observationOf({ subject, verdict, severity, day, targets, cause }: Seen): Observation {
  const about = { subject, ...(day === undefined ? {} : { day }) };
  switch (verdict) {
    case "ok":
      return { ...about, verdict };
    case "not_applicable":
      return { ...about, verdict, reason: "nothing expected" };
    case "finding":
    case "unknown":
      return {
        ...about,
        verdict,
        severity,
        title: "t",
        facts: [],
        next: [],
        channel: "canary",
        ...(targets === undefined ? {} : { targets: [...targets] }),
        ...(cause === undefined ? {} : { cause }),
      };
  }
}

export function wordOf({ word, key, day, untilMs, nowMs }: Extract<Fact, { kind: "word" }>): Word {
  const data = {
    incident: key,
    actor: "eve",
    reason: "known",
    ...(day === undefined ? {} : { day }),
    ...(untilMs === undefined ? {} : { until: new Date(untilMs).toISOString() }),
  };
  return { id: "w", source: "cli", type: `incident.${word}`, time: new Date(nowMs).toISOString(), data };
}
