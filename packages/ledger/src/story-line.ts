/** One line of a story, in words for people. Pure. */

import { type EventType, isEventType } from "@kintsugi/events/catalogue";
import { printable, quoted } from "@kintsugi/events/printable";
import { Subject, subjectKey } from "@kintsugi/events/subject";
import type { Json, JsonObject } from "@kintsugi/ports/json";

export type StoryLine = {
  readonly time: string;
  readonly type: string;
  readonly id: string;
  readonly text: string;
  readonly data: JsonObject;
};

/** Whom the story is about. */
export type About = { readonly id: string; readonly subject: Subject | undefined };

export function healLine(row: JsonObject): StoryLine {
  const parameters = row["cause_parameters"] === null ? "" : ` ${shown(row["cause_parameters"])}`;
  const text = [
    `${shown(row["healing_type"])} on ${shown(row["target"])}: ${shown(row["outcome"])}, attempt ${shown(row["attempt"])}`,
    ...said("because ", row["trigger_reason"]),
    ...said("done: ", row["action_taken"]),
    `cause: ${shown(row["cause"])}${parameters}`,
    `before ${shown(row["before_state"])}`,
    `after ${shown(row["after_state"])}${row["verified_at"] === null ? "" : `, read at ${shown(row["verified_at"])}`}`,
    ...said("proof: ", proofIn(row["metadata"])),
  ].join("\n");
  return { time: String(row["timestamp"]), type: "healing.completed", id: String(row["healing_id"]), text, data: row };
}

/** None where the event says nothing about whom the story is about. */
export function eventLine(row: JsonObject, about: About): readonly StoryLine[] {
  const data = JSON.parse(String(row["data"])) as JsonObject;
  const type = String(row["type"]);
  const text = isEventType(type) ? describe(type, data, about) : type;
  return text === "" ? [] : [{ time: String(row["time"]), type, id: String(row["event_id"]), text, data }];
}

/** Whether it was said of a business day. */
export function isAboutDay(data: JsonObject, day: string): boolean {
  if (data["day"] === day) return true;
  return ["days", "holes", "observations"].some((list) => listIn(data, list).some((item) => item["day"] === day));
}

function describe(type: EventType, data: JsonObject, about: About): string {
  switch (type) {
    case "incident.opened":
    case "incident.updated":
    case "incident.resolved":
      return ofIncident(data, type);
    case "gate.decided":
      return `${text(data, "status")} for ${text(data, "consumer")}, day ${text(data, "day")}: ${text(data, "message")}`;
    case "healing.requested":
      return `asked for ${text(data, "healing_type")} on ${text(data, "target")}: ${text(data, "trigger_reason")}`;
    case "run.completed":
      return ofRun(data, about);
    case "notification.delivered":
      return `told ${text(data, "receiver", "slack")} ${text(data, "channel")} (${text(data, "kind")})${lead(" as ", data["address"])}`;
    case "notification.failed":
      return `${text(data, "receiver", "slack")} ${text(data, "channel")} refused the message: ${text(data, "reason")}`;
    case "message.dead_lettered":
      return `refused by ${text(data, "function", "a function")}: ${text(data, "reason")}`;
    case "repairs.recorded":
      return `${text(data, "count")} repairs of ${text(data, "healer")} on ${text(data, "day")}`;
    case "drift.evaluated":
    case "canary.evaluated":
    case "healing.completed":
      return text(data, "reason", type);
    case "incident.acknowledged":
    case "incident.silenced":
    case "incident.closed":
    case "mode.set":
    case "healing.paused":
    case "healing.resumed":
    case "heal.approved":
    case "heal.released":
    case "heal.undone":
    case "gate.overridden":
    case "gate.waived":
      return ofOperator(type, data);
  }
}

function ofIncident(data: JsonObject, type: string): string {
  const day = (item: JsonObject): string => `${text(item, "day")}: ${text(item, "what")}`;
  return [
    `${text(data, "change", type)}: ${text(data, "title", text(data, "incident"))}`,
    ...factsOf(data),
    ...listIn(data, "days").map((item) => `bad ${day(item)}`),
    ...listIn(data, "holes").map((item) => `given up ${day(item)}`),
    ...listIn(data, "remarks").map((item) => text(item, "text")),
    ...said("because of ", data["root"]),
  ].join("\n");
}

/** What a run says of one target that it left alone, or of one subject that was not well. */
function ofRun(data: JsonObject, { id, subject }: About): string {
  const target = subject?.kind === "target" ? subject.target : id;
  const isMeant = (run: JsonObject): boolean => subject?.kind !== "target" || run["healer"] === subject.healer;
  const left = listIn(data, "healers")
    .filter(isMeant)
    .flatMap((run) => [
      ...listIn(run, "limited")
        .filter((one) => one["target"] === target)
        .map((one) => `${text(run, "healer")} left ${target} alone: ${text(one, "reason")}`),
      ...listIn(run, "escalated")
        .filter((one) => one["target"] === target)
        .map((one) => `${text(run, "healer")} left ${target} to a person: ${text(one, "text")}`),
    ]);
  const seen = listIn(data, "observations")
    .filter((observation) => keyOf(observation["subject"]) === id && typeof observation["title"] === "string")
    .map((observation) => [text(observation, "title"), ...factsOf(observation)].join("\n"));
  const lines = [...left, ...seen];
  if (lines.length > 0) return lines.join("\n");
  return data["function"] === id ? `${id}: ${text(data, "verdict")}${lead(", ", data["reason"])}` : "";
}

const DONE: Readonly<Record<string, string>> = {
  "incident.acknowledged": "acknowledged",
  "incident.silenced": "silenced",
  "incident.closed": "closed",
  "mode.set": "set the mode",
  "healing.paused": "paused",
  "healing.resumed": "resumed",
  "heal.approved": "asked to heal",
  "heal.released": "released",
  "heal.undone": "asked to undo",
  "gate.overridden": "overrode",
  "gate.waived": "waived",
};

function ofOperator(type: string, data: JsonObject): string {
  const whom = ["incident", "mode", "healer", "target", "gate", "entity", "day"].flatMap((name) => said("", data[name])).join(" ");
  const reason = text(data, "reason");
  const what = `${text(data, "actor", "somebody")} ${DONE[type] ?? type} ${whom === "" ? "all healers" : whom}`;
  return `${what}${lead(" until ", data["until"])}${reason === "" ? "" : `: ${quoted(reason)}`}`;
}

function proofIn(metadata: Json | undefined): Json | undefined {
  const read = typeof metadata === "string" ? (JSON.parse(metadata) as Json) : metadata;
  return isObject(read) ? read["proof"] : undefined;
}

function factsOf(observation: JsonObject): readonly string[] {
  return Array.isArray(observation["facts"]) ? observation["facts"].map(shown) : [];
}

function keyOf(subject: Json | undefined): string | undefined {
  const parsed = Subject.safeParse(subject);
  return parsed.success ? subjectKey(parsed.data) : undefined;
}

function listIn(data: JsonObject, name: string): readonly JsonObject[] {
  const list = data[name];
  return Array.isArray(list) ? list.filter(isObject) : [];
}

function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function text(data: JsonObject, name: string, fallback = ""): string {
  const value = data[name];
  return value === undefined || value === null ? fallback : shown(value);
}

/** What others said is one line. */
function shown(value: unknown): string {
  return printable(String(value));
}

/** Nothing where there is nothing to say: a user's own event may say little. */
function lead(words: string, value: Json | undefined): string {
  return value === null || value === undefined || value === "" ? "" : `${words}${shown(value)}`;
}

function said(words: string, value: Json | undefined): readonly string[] {
  const line = lead(words, value);
  return line === "" ? [] : [line];
}
