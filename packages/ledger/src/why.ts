/** The story behind an id: what the ledger holds about a heal, an incident, a refusal, a gate's decision or a message. */

import { derivedId } from "@kintsugi/events/event";
import { parseSubject, type Subject } from "@kintsugi/events/subject";
import type { JsonObject } from "@kintsugi/ports/json";
import type { LedgerTables } from "@kintsugi/ports/warehouse";
import { namesIn } from "./refused-word.ts";
import {
  deadLettersOf,
  eventsAbout,
  gateDecisions,
  healingById,
  healsOfTarget,
  type LedgerLocation,
  refusedWords,
  requestsFor,
  runsLeaving,
  troublesOf,
} from "./statements.ts";
import { eventLine, healLine, isAboutDay, type StoryLine } from "./story-line.ts";

export type { StoryLine };

export type Asked = {
  /** An incident's key, or the id of a repair, a target, a cause, a decision, a message or an event. */
  readonly id: string;
  /** Only what was said of this business day. */
  readonly day?: string | undefined;
};

/** So many repairs of one story are followed further. */
const MAX_FOLLOWED = 10;

/** Oldest first; empty when the ledger holds nothing about the id. A message is known by its own id too, where its event was given none. */
export async function why(ledger: LedgerTables, location: LedgerLocation, asked: Asked): Promise<readonly StoryLine[]> {
  const story = await storyOf(ledger, location, asked);
  return story.length > 0 ? story : await storyOf(ledger, location, { ...asked, id: derivedId("message", asked.id) });
}

async function storyOf(ledger: LedgerTables, location: LedgerLocation, { id, day }: Asked): Promise<readonly StoryLine[]> {
  const subject = parseSubject(id);
  const rowsOf = async (sql: string): Promise<readonly JsonObject[]> => (await ledger.query(sql)).rows;
  const heals = await rowsOf(
    subject?.kind === "target" ? healsOfTarget(location, subject.healer, subject.target) : healingById(location, id),
  );
  const about = new Set([id, ...heals.map((row) => String(row["healing_id"]))]);
  const events: JsonObject[] = [];
  for (const name of [...about].slice(0, MAX_FOLLOWED)) events.push(...(await rowsOf(eventsAbout(location, name))));
  for (const sql of moreStatements(location, { id, day }, subject)) events.push(...(await rowsOf(sql)));
  events.push(...(await rowsOf(refusedWords(location))).filter(({ data }) => namesIn(readData(data)).includes(id)));
  const lines = [...heals.map(healLine), ...events.flatMap((row) => eventLine(row, { id, subject }))];
  const unique = new Map(lines.map((line) => [`${line.type} ${line.id}`, line]));
  const story = [...unique.values()].sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
  return day === undefined ? story : story.filter(({ data }) => isAboutDay(data, day));
}

/** What is found by the parts of the id rather than by the id. */
function moreStatements(location: LedgerLocation, { id, day }: Asked, subject: Subject | undefined): readonly string[] {
  if (subject === undefined) return [runsLeaving(location, id), gateDecisions(location, id, day)];
  const troubles = troublesOf(location, subject);
  switch (subject.kind) {
    case "target":
      return [troubles, requestsFor(location, subject.healer, subject.target), runsLeaving(location, subject.target)];
    case "gate":
      return [troubles, gateDecisions(location, subject.gate, day)];
    case "dead-letter":
      return [troubles, deadLettersOf(location, subject.function)];
    case "check":
    case "service":
    case "unwatched":
    case "healer":
    case "many":
    case "blast-radius":
    case "pattern":
    case "function":
    case "blind-spot":
    case "silence":
    case "storm":
      return [troubles];
  }
}

function readData(data: JsonObject[string] | undefined): JsonObject {
  return JSON.parse(String(data)) as JsonObject;
}
