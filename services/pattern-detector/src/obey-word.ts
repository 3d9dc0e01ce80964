/** What an operator's word makes of an incident, or why it cannot be acted on. Pure. */

import { quoted } from "@kintsugi/events/printable";
import type { EventOf } from "@kintsugi/events/event";
import { span } from "@kintsugi/events/span";
import { closeDays } from "./bad-days.ts";
import { type Evolved, resolveIncident } from "./evolve-incident.ts";
import { type IncidentRecord, isOpen } from "./incident-record.ts";

export type Word = EventOf<"incident.acknowledged"> | EventOf<"incident.silenced"> | EventOf<"incident.closed">;

export type Obeyed = Evolved | { readonly refused: string };

/** @param record of the incident that is meant; undefined where nobody knows it */
export function obeyWord(record: IncidentRecord | undefined, word: Word, nowMs: number): Obeyed {
  switch (word.type) {
    case "incident.acknowledged":
      return acknowledge(record, word, nowMs);
    case "incident.silenced":
      return silence(record, word, nowMs);
    case "incident.closed":
      return close(record, word, nowMs);
  }
}

function acknowledge(record: IncidentRecord | undefined, { data }: EventOf<"incident.acknowledged">, nowMs: number): Obeyed {
  if (!isOpen(record)) return { refused: `${data.incident} is not open` };
  if (data.until !== undefined && Date.parse(data.until) <= nowMs) return { refused: `${data.until} is over already` };
  const until = data.until === undefined ? {} : { acknowledgedUntilMs: Date.parse(data.until) };
  const { acknowledgedUntilMs: _before, ...rest } = record;
  return {
    record: { ...rest, ...until, incident: { ...record.incident, acknowledged_by: data.actor, ...saying(data.reason) } },
    changes: [{ change: "acknowledged" }],
  };
}

/** Said of the key: with an end it outlives the incident, so that one that opens again meanwhile is muted too. */
function silence(record: IncidentRecord | undefined, { data }: EventOf<"incident.silenced">, nowMs: number): Obeyed {
  if (!isOpen(record)) return { refused: `${data.incident} is not open` };
  const untilMs = data.until === undefined ? undefined : Date.parse(data.until);
  if (untilMs !== undefined && untilMs <= nowMs) return { refused: `${data.until} is over already` };
  return {
    record: {
      ...record,
      silence: { by: data.actor, reason: data.reason, severity: record.incident.severity, ...(untilMs === undefined ? {} : { untilMs }) },
      incident: { ...record.incident, ...saying(data.reason) },
    },
    changes: [
      {
        change: "silenced",
        remark: {
          text: `silenced by ${data.actor}${untilMs === undefined ? "" : ` for ${span(untilMs - nowMs)}`}${because(data.reason)}`,
          aloud: false,
        },
      },
    ],
  };
}

/** A silence that has ended by itself: what it has muted, and is still open, is to be told now. */
export function endSilence(record: IncidentRecord, nowMs: number): Evolved {
  const { silence, ...rest } = record;
  const isOver = silence?.untilMs !== undefined && nowMs >= silence.untilMs;
  return { record: isOver ? rest : record, changes: [] };
}

function close(record: IncidentRecord | undefined, { data }: EventOf<"incident.closed">, nowMs: number): Obeyed {
  if (record === undefined) return { refused: `nothing is known of ${data.incident}` };
  const days = closeDays(record.days, data.day);
  if (data.day !== undefined && days === undefined) return { refused: `${data.day} is no bad day of ${data.incident}, and no hole` };
  if (days === undefined && !isOpen(record)) return { refused: `${data.incident} is not open, and has no bad days` };
  const text = `${data.day === undefined ? "closed" : `${data.day} closed`} by ${data.actor}${because(data.reason)}`;
  const after: IncidentRecord = { ...record, days: [...(days ?? record.days)] };
  if (!isOpen(after)) return { record: { ...after, bad: 0 }, changes: [] };
  const said = { ...after, incident: { ...after.incident, ...saying(data.reason) } };
  const isLeft = data.day !== undefined && said.days.some(({ state }) => state === "bad");
  return isLeft
    ? { record: said, changes: [{ change: "updated", remark: { text, aloud: false } }] }
    : resolveIncident(said, nowMs, "closed", text);
}

function saying(reason: string): { said?: string } {
  return reason === "" ? {} : { said: reason };
}

function because(reason: string): string {
  return reason === "" ? "" : `: ${quoted(reason)}`;
}
