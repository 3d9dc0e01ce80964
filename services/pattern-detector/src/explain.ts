/** Which open incident explains which, and so who is told by a message of its own. Pure. */

import { Severity, worst } from "@kintsugi/events/fields";
import { isLookedAtAgain, subjectKey } from "@kintsugi/events/subject";
import type { Graph } from "./graph.ts";
import { type IncidentRecord, isOpen, type OpenRecord } from "./incident-record.ts";

/** `leaves`: its root is gone, and nothing will look at it again by itself. */
export type Explained = { readonly record: OpenRecord; readonly leaves: boolean };

type Records = ReadonlyMap<string, IncidentRecord>;

type Scene = {
  readonly open: ReadonlyMap<string, OpenRecord>;
  readonly graph: Graph;
  readonly storms: readonly OpenRecord[];
  /** Of the unknowns that share a cause, the one that tells of it. */
  readonly firstOfCause: ReadonlyMap<string, string>;
};

const MAX_EXPLAINED = 100;

/**
 * @param records all that are open now, and those that were resolved by this change
 * @param nowMs ends silences
 */
export function explain(records: Records, graph: Graph, nowMs: number): ReadonlyMap<string, Explained> {
  const open = new Map([...records].flatMap(([key, record]) => (isOpen(record) ? [[key, record] as const] : [])));
  const all = [...open.values()];
  const storms = all.filter(({ subject }) => subject.kind === "storm");
  const scene = { open, graph, storms, firstOfCause: firstOfEachCause(all) };
  const roots = new Map(all.map((record) => [record.key, rootOf(record, scene)]));
  const explainedBy = Map.groupBy([...open.keys()], (key) => roots.get(key));
  return new Map(
    all.map((record) => {
      const root = roots.get(record.key);
      const explains = (explainedBy.get(record.key) ?? []).sort().slice(0, MAX_EXPLAINED);
      return [record.key, explained(record, { root, explains }, records, nowMs)];
    }),
  );
}

function explained(
  record: OpenRecord,
  { root, explains }: { readonly root: string | undefined; readonly explains: readonly string[] },
  records: Records,
  nowMs: number,
): Explained {
  const { root: before, ...incident } = record.incident;
  const goneMs = root === undefined && before !== undefined ? resolvedMs(records.get(before)) : undefined;
  const heldSinceMs = root === undefined ? (goneMs ?? record.heldSinceMs) : undefined;
  const { heldSinceMs: _held, ...rest } = record;
  const isMuted = isSilenced(record, nowMs) && !record.told;
  const post = root === undefined && heldSinceMs === undefined && incident.severity !== "info" && !isMuted;
  const leaves = goneMs !== undefined && !isLookedAtAgain(record.subject);
  const isAlike = root === before && heldSinceMs === record.heldSinceMs && post === incident.post && sameKeys(explains, incident.explains);
  // Most stay as they are, and nobody need compare them again.
  if (isAlike) return { leaves, record };
  return {
    leaves,
    record: {
      ...rest,
      ...(heldSinceMs === undefined ? {} : { heldSinceMs }),
      incident: { ...incident, ...(root === undefined ? {} : { root }), explains: [...explains], post },
    },
  };
}

function sameKeys(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((key, index) => key === others[index]);
}

/** A silence ends when it says so, and where the incident has got worse than what was silenced. */
export function isSilenced({ silence, incident }: IncidentRecord, nowMs: number): boolean {
  if (silence === undefined || (silence.untilMs !== undefined && nowMs >= silence.untilMs)) return false;
  return incident === undefined || worst(Severity, [silence.severity, incident.severity]) === silence.severity;
}

function rootOf(record: OpenRecord, scene: Scene): string | undefined {
  const { subject } = record;
  switch (subject.kind) {
    case "check":
      return upstream(record, scene) ?? stormOf(record, scene);
    case "gate":
      return checkOfGate(record, scene) ?? stormOf(record, scene);
    case "target":
      return togetherWith(subject.healer, scene) ?? stormOf(record, scene);
    case "function":
    case "blind-spot":
      return sameCause(record, scene) ?? stormOf(record, scene);
    case "service":
    case "unwatched":
    case "healer":
    case "many":
    case "blast-radius":
    case "pattern":
    case "silence":
    case "dead-letter":
      return stormOf(record, scene);
    case "storm":
      return undefined;
  }
}

/** One that was open for more than a run before a phase upstream failed has another reason. */
function upstream(record: OpenRecord, { open, graph }: Scene): string | undefined {
  return graph.upstreamOf(record.subject).find((key) => {
    const root = open.get(key);
    return root !== undefined && root.incident.severity !== "info" && openedMs(root) - openedMs(record) <= graph.runMs;
  });
}

/**
 * A check explains a gate only for the days that it has found bad itself; what explains the check explains the gate. A day that is mended while
 * the check is open stays explained: the gate leaves with the check.
 */
function checkOfGate(record: OpenRecord, scene: Scene): string | undefined {
  const { root, days: before } = record.incident;
  for (const key of scene.graph.upstreamOf(record.subject)) {
    const check = scene.open.get(key);
    if (check === undefined || check.incident.severity === "info") continue;
    const explains = upstream(check, scene) ?? key;
    const days = badDaysOf(check);
    const known = explains === root ? before.map(({ day }) => day) : [];
    if (days.length === 0 || badDaysOf(record).every((day) => days.includes(day) || known.includes(day))) return explains;
  }
  return undefined;
}

function togetherWith(healer: string, { open }: Scene): string | undefined {
  return [subjectKey({ kind: "blast-radius", healer }), subjectKey({ kind: "many", healer })].find((key) => open.has(key));
}

/** What cannot be read is told once, whoever met it. */
function sameCause({ key, incident }: OpenRecord, { firstOfCause }: Scene): string | undefined {
  const first = incident.cause === undefined ? undefined : firstOfCause.get(incident.cause);
  return first === key ? undefined : first;
}

/** By the one that people know already, else the one that opened first, and of equals by the function as a whole. */
function firstOfEachCause(open: readonly OpenRecord[]): ReadonlyMap<string, string> {
  const first = new Map<string, string>();
  const blind = open.filter(({ subject }) => subject.kind === "function" || subject.kind === "blind-spot");
  for (const { key, incident } of blind.sort(byPrecedence))
    if (incident.cause !== undefined && !first.has(incident.cause)) first.set(incident.cause, key);
  return first;
}

function byPrecedence(a: OpenRecord, b: OpenRecord): number {
  const rank = ({ subject }: OpenRecord): number => (subject.kind === "function" ? 0 : 1);
  return Number(b.told) - Number(a.told) || openedMs(a) - openedMs(b) || rank(a) - rank(b) || a.key.localeCompare(b.key);
}

/** Critical ones are told by themselves, whatever opened with them. */
function stormOf({ key, incident }: OpenRecord, { storms }: Scene): string | undefined {
  if (incident.severity === "critical") return undefined;
  return storms.find(({ targets }) => targets.includes(key))?.key;
}

function badDaysOf({ days }: OpenRecord): readonly string[] {
  return days.flatMap(({ day, state }) => (state === "bad" ? [day] : []));
}

function openedMs({ incident }: OpenRecord): number {
  return Date.parse(incident.opened);
}

function resolvedMs(record: IncidentRecord | undefined): number | undefined {
  const resolved = record?.incident?.resolved;
  return resolved === undefined ? undefined : Date.parse(resolved);
}
