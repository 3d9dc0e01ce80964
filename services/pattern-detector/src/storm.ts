/** Many incidents that open at once for one room are one message that lists them: an incident of its own, which explains them. Pure. */

import { isAhead } from "@kintsugi/events/event";
import type { Channel } from "@kintsugi/events/fields";
import { Severity, worst } from "@kintsugi/events/fields";
import { nameSome } from "@kintsugi/events/name-some";
import { type IncidentRecord, isOpen, newRecord, type OpenRecord } from "./incident-record.ts";

/** More than so many within a minute are told together. */
const MOST_APART = 10;
const WINDOW_MS = 60_000;
const BY = "pattern-detector";

type Rooms = Readonly<Record<Channel, string>>;

/**
 * The storms that begin or grow because of what is about to be told; none where it is little enough to be told one by one.
 * @param open all open incidents, explained already
 * @param rooms several channels may be one room
 */
export function gatherStorms(open: readonly OpenRecord[], rooms: Rooms, nowMs: number): readonly IncidentRecord[] {
  const news = open.filter((record) => record.incident.post && !record.told && mayJoin(record));
  return [...Map.groupBy(news, ({ incident }) => rooms[incident.channel])].flatMap(([room, joining]) => {
    const here = open.filter(({ incident }) => rooms[incident.channel] === room);
    const recent = here.filter((record) => record.told && mayJoin(record) && isRecent(record, nowMs));
    const storm = here.find((record) => record.subject.kind === "storm" && isRecent(record, nowMs));
    if (storm === undefined && joining.length + recent.length <= MOST_APART) return [];
    return [grown(storm ?? begun(joining[0]!.incident.channel, nowMs), joining, nowMs)];
  });
}

/** A storm says what of it is still open, and is over when nothing is. `undefined`: it is over. */
export function storminess(storm: OpenRecord, records: ReadonlyMap<string, IncidentRecord>): OpenRecord | undefined {
  const members = storm.targets.map((key) => records.get(key));
  const open = members.filter(isOpen);
  if (open.length === 0) return undefined;
  const over = members.length - open.length;
  return { ...storm, incident: { ...storm.incident, ...describe(storm.targets.length, open, over) } };
}

function mayJoin({ subject, incident }: OpenRecord): boolean {
  return subject.kind !== "storm" && incident.severity !== "critical";
}

/** Of a storm: it has begun or grown. */
function isRecent({ lastMs, subject, incident }: OpenRecord, nowMs: number): boolean {
  const sinceMs = subject.kind === "storm" ? lastMs : Date.parse(incident.opened);
  return nowMs - sinceMs < WINDOW_MS && !isAhead(sinceMs, nowMs);
}

function begun(channel: Channel, nowMs: number): IncidentRecord {
  return newRecord({ kind: "storm", channel, at: new Date(nowMs).toISOString() }, BY);
}

function grown(storm: IncidentRecord, joining: readonly OpenRecord[], nowMs: number): IncidentRecord {
  const at = new Date(nowMs).toISOString();
  const { subject } = storm;
  const channel = subject.kind === "storm" ? subject.channel : joining[0]!.incident.channel;
  const targets = [...storm.targets, ...joining.map(({ key }) => key)];
  const nothing = {
    key: storm.key,
    subject,
    state: "open",
    revision: 0,
    post: false,
    opened: at,
    days: [],
    holes: [],
    explains: [],
  } as const;
  return {
    ...storm,
    lastMs: nowMs,
    bad: 1,
    targets,
    openings: [nowMs],
    incident: {
      ...(storm.incident ?? { ...nothing, days: [], holes: [], explains: [], flapping: false, change: "opened", remarks: [] }),
      ...describe(targets.length, joining, 0),
      channel,
      last_seen: at,
      count: targets.length,
    },
  };
}

function describe(
  total: number,
  open: readonly OpenRecord[],
  over: number,
): { severity: Severity; title: string; facts: string[]; next: string[] } {
  const severities = open.map(({ incident }) => incident.severity);
  const lists = Severity.options.toReversed().flatMap((severity) => {
    const keys = open.filter(({ incident }) => incident.severity === severity).map(({ key }) => key);
    return keys.length === 0 ? [] : [`${severity}: ${nameSome(keys.sort())}`];
  });
  return {
    severity: worst(Severity, severities),
    title: `${total} incidents opened at once`,
    facts: [...lists, ...(over === 0 ? [] : [`${over} of ${total} are resolved`])].slice(0, 4),
    next: ["kintsugi status"],
  };
}
