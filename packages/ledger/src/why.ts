/** The story behind an id: what the ledger holds about a heal, an incident, a gate's decision or a message. */

import { derivedId } from "@kintsugi/events/event";
import type { Json, JsonObject } from "@kintsugi/ports/json";
import type { LedgerTables } from "@kintsugi/ports/warehouse";
import { eventsAbout, healingById, type Place } from "./statements.ts";

export type StoryLine = {
  readonly time: string;
  readonly type: string;
  readonly id: string;
  readonly text: string;
  readonly data: JsonObject;
};

/** Oldest first; empty when the ledger holds nothing about the id. A message is known by its own id too, where its event was given none. */
export async function why(ledger: LedgerTables, place: Place, id: string): Promise<readonly StoryLine[]> {
  const story = await storyOf(ledger, place, id);
  return story.length > 0 ? story : await storyOf(ledger, place, derivedId("message", id));
}

async function storyOf(ledger: LedgerTables, place: Place, id: string): Promise<readonly StoryLine[]> {
  const heals = (await ledger.query(healingById(place, id))).rows;
  const about = new Set([id, ...heals.map((row) => String(row["healing_id"]))]);
  const events: JsonObject[] = [];
  for (const name of [...about].slice(0, 10)) events.push(...(await ledger.query(eventsAbout(place, name))).rows);
  const lines = [...heals.map(healLine), ...events.map(eventLine)];
  const unique = new Map(lines.map((line) => [`${line.type} ${line.id}`, line]));
  return [...unique.values()].sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
}

function healLine(row: JsonObject): StoryLine {
  const parameters = row["cause_parameters"] === null ? "" : ` ${String(row["cause_parameters"])}`;
  const text = [
    `${String(row["healing_type"])} on ${String(row["target"])}: ${String(row["outcome"])}, attempt ${String(row["attempt"])}`,
    ...said("because ", row["trigger_reason"]),
    ...said("done: ", row["action_taken"]),
    `cause: ${String(row["cause"])}${parameters}`,
    `before ${String(row["before_state"])}`,
    `after ${String(row["after_state"])}${row["verified_at"] === null ? "" : `, read at ${String(row["verified_at"])}`}`,
  ].join("\n");
  return { time: String(row["timestamp"]), type: "healing.completed", id: String(row["healing_id"]), text, data: row };
}

/** A user's own event may say little. */
function said(lead: string, text: Json | undefined): readonly string[] {
  return text === null || text === undefined || text === "" ? [] : [`${lead}${String(text)}`];
}

function eventLine(row: JsonObject): StoryLine {
  const data = JSON.parse(String(row["data"])) as JsonObject;
  const type = String(row["type"]);
  const text = describe(type, data);
  return { time: String(row["time"]), type, id: String(row["event_id"]), text, data };
}

function describe(type: string, data: JsonObject): string {
  const facts = Array.isArray(data["facts"]) ? data["facts"].map((fact) => `\n${String(fact)}`).join("") : "";
  if (type.startsWith("incident.")) return `${String(data["change"] ?? type)}: ${String(data["title"] ?? data["incident"] ?? "")}${facts}`;
  if (type === "gate.decided") return `${String(data["status"])} for ${String(data["consumer"])}: ${String(data["message"])}`;
  if (type === "healing.requested")
    return `asked for ${String(data["healing_type"])} on ${String(data["target"])}: ${String(data["trigger_reason"])}`;
  if (type === "notification.delivered") return `told ${String(data["channel"])} (${String(data["kind"])})`;
  return String(data["reason"] ?? data["message"] ?? type);
}
