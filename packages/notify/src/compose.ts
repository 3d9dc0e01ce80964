/** From an incident to what people are told of it: neutral words, which each receiver shows in its own way. Pure. */

import type { Config } from "@kintsugi/config/model";
import type { IncidentChanged } from "@kintsugi/events/alerts";
import { derivedId } from "@kintsugi/events/event";
import type { ChatAction, ChatMessage } from "@kintsugi/ports/chat";
import { factsOf } from "./facts.ts";
import { headlineOf } from "./headline.ts";
import { localTime } from "./local-time.ts";
import { oneLine, saying } from "./one-line.ts";

export type Setting = Pick<Config, "pipeline" | "timezone" | "phases">;

/** One incident is one message, however often it changes; when it opens anew later it is another. */
export function messageKey({ key, opened }: Pick<IncidentChanged, "key" | "opened">): string {
  return derivedId(key, opened);
}

/** Whether somebody is called is decided with the delivery, so it is false here. */
export function composeIncident(incident: IncidentChanged, { pipeline, timezone, phases }: Setting): ChatMessage {
  const isOurs = phases.some(({ runbook }) => runbook !== undefined && runbook === incident.runbook);
  const isOpen = incident.state === "open";
  return {
    key: messageKey(incident),
    headline: headlineOf(incident, timezone),
    facts: factsOf(incident),
    steps: isOpen ? incident.next.map(oneLine) : [],
    notes: notesOf(incident, { pipeline, timezone }),
    ...(isOurs && incident.runbook?.startsWith("https://") === true ? { runbook: oneLine(incident.runbook) } : {}),
    tone: toneOf(incident),
    mention: false,
    actions: isOpen ? actionsOf(incident) : [],
  };
}

function toneOf({ state, severity, holes }: IncidentChanged): ChatMessage["tone"] {
  if (state === "open") return severity;
  return holes.length === 0 ? "good" : "yellow";
}

function notesOf(incident: IncidentChanged, { pipeline, timezone }: Omit<Setting, "phases">): readonly string[] {
  const { key, runbook, state, acknowledged_by: acknowledged, silenced_by: silenced, silenced_until: until, said } = incident;
  const why = said === undefined ? "" : `: ${saying(said)}`;
  const end = until === undefined ? "it is resolved" : localTime(until, timezone);
  const people =
    state === "resolved"
      ? []
      : [
          // The words are those of who spoke last, and a silence ends by itself.
          ...(acknowledged === undefined ? [] : [`acknowledged by ${oneLine(acknowledged)}${silenced === undefined ? why : ""}`]),
          ...(silenced === undefined ? [] : [`silenced by ${oneLine(silenced)} until ${end}${why}`]),
        ];
  return [`pipeline ${oneLine(pipeline)}`, oneLine(key), ...(runbook === undefined ? [] : [`runbook ${oneLine(runbook)}`]), ...people];
}

function actionsOf(incident: IncidentChanged): readonly ChatAction[] {
  const { key, subject, next, acknowledged_by: acknowledged, silenced_by: silenced } = incident;
  const isReleased = next.some((step) => step.includes("heal release"));
  const value = JSON.stringify({ incident: key });
  return [
    ...(acknowledged === undefined ? [{ name: "acknowledge", label: "Acknowledge", value }] : []),
    ...(silenced === undefined ? [{ name: "silence", label: "Silence for 4 h", value }] : []),
    ...(subject.kind === "target" && isReleased
      ? [{ name: "act", label: "Release", value: JSON.stringify({ healer: subject.healer, target: subject.target }) }]
      : []),
  ];
}
