/** The facts of a message about an incident, the most telling first. Pure. */

import type { BadDay, IncidentChanged } from "@kintsugi/events/alerts";
import { nameSome } from "@kintsugi/events/name-some";
import { span } from "@kintsugi/events/span";
import type { Subject } from "@kintsugi/events/subject";
import { dayNames, endOf } from "./headline.ts";
import { oneLine, saying } from "./one-line.ts";

const MAX_FACTS = 4;
const MAX_KEYS = 20;
const MAX_WAITING = 5;

export function factsOf(incident: IncidentChanged): readonly string[] {
  return incident.state === "open" ? openFacts(incident) : resolvedFacts(incident);
}

function openFacts({ subject, facts, days, holes, explains, root }: IncidentChanged): readonly string[] {
  const own = days.length > 1 ? dayFacts(days) : facts.slice(0, MAX_FACTS).map(oneLine);
  // A storm's own facts list what it stands for.
  const explained = explains.length === 0 || subject.kind === "storm" ? [] : [`also broken because of this: ${keys(explains)}`];
  return [...own, ...waiting(days), ...holeFacts(holes), ...explained, ...(root === undefined ? [] : [`explained by ${oneLine(root)}`])];
}

function dayFacts(days: readonly BadDay[]): readonly string[] {
  const told = byDay(days).map(({ day, what }) => `${day}: ${oneLine(what)}`);
  const more = told.length - MAX_FACTS;
  return [...told.slice(0, MAX_FACTS), ...(more > 0 ? [`and ${more} more day${more === 1 ? "" : "s"}`] : [])];
}

/** What people are held up by is said once for each of them, with all their days. */
function waiting(days: readonly BadDay[]): readonly string[] {
  const everybody = [...new Set(days.flatMap(({ who }) => who))].sort();
  if (everybody.length === 0) return [];
  const lines = everybody.map((who) => `${oneLine(who)} waits for ${dayNames(days.filter((day) => day.who.includes(who)))}`);
  return [nameSome(lines, MAX_WAITING)];
}

/** What is so now, and then what it was. */
function resolvedFacts(incident: IncidentChanged): readonly string[] {
  const { subject, change, facts, holes, said, opened } = incident;
  const lasted = `it lasted ${span(Date.parse(endOf(incident)) - Date.parse(opened))}${runs(incident)}`;
  const [was] = facts;
  return [
    ...holeFacts(holes),
    ...nowFacts({ subject, change, holes, said }),
    lasted,
    ...(was === undefined ? [] : [`it was: ${oneLine(was)}`]),
  ];
}

/** What was given up is not well now, and what a person has closed may not be. */
function nowFacts({ subject, change, holes, said }: Pick<IncidentChanged, "subject" | "change" | "holes" | "said">): readonly string[] {
  if (change === "closed") return [`closed by a person${said === undefined ? "" : `: ${saying(said)}`}`];
  const left = holes.length === 0 ? [] : [`nobody looks at ${holes.length === 1 ? "that day" : "those days"} any more`];
  return change === "resolved" || holes.length === 0 ? [...left, nowOf(subject)] : left;
}

function holeFacts(holes: readonly BadDay[]): readonly string[] {
  if (holes.length === 0) return [];
  const told = byDay(holes).map(({ day, what }) => `${day} (${oneLine(what)})`);
  return [`given up, not mended: ${nameSome(told, MAX_FACTS)}`];
}

function nowOf(subject: Subject): string {
  switch (subject.kind) {
    case "check":
      return "the check holds now";
    case "service":
      return "what serves is as it should be now";
    case "unwatched":
      return "all that runs is watched now";
    case "gate":
      return "nothing is held back any more";
    case "healer":
    case "target":
    case "many":
    case "blast-radius":
      return "nothing needs a person there any more";
    case "pattern":
      return "the pattern no longer holds";
    case "function":
    case "blind-spot":
      return "it can look again";
    case "silence":
      return "it was heard of again";
    case "dead-letter":
      return "no work waits for a person any more";
    case "storm":
      return "all that opened together is resolved";
  }
}

/** Of what is counted by bad looks; other counts say something else. */
function runs({ subject, count }: IncidentChanged): string {
  const isCounted = subject.kind === "check" || subject.kind === "service" || subject.kind === "function" || subject.kind === "blind-spot";
  return isCounted ? `, ${count} bad run${count === 1 ? "" : "s"}` : "";
}

function keys(list: readonly string[]): string {
  return nameSome(list.map(oneLine), MAX_KEYS);
}

function byDay(days: readonly BadDay[]): readonly BadDay[] {
  return [...days].sort((a, b) => a.day.localeCompare(b.day));
}
