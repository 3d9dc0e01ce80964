/** Holds expectations against the stage. */

import type { JsonObject } from "@kintsugi/ports/json";
import { valueHolds, numberHolds } from "./compare.ts";
import { drain } from "./drain.ts";
import { readIncidents, readLedger, type LedgerSeen } from "./read-stage.ts";
import type { Scenario } from "./load-scenario.ts";
import type { Expectations } from "./scenario-form.ts";
import type { Stage } from "./stage.ts";
import { parseTime } from "./times.ts";

export type Mismatch = {
  /** What was looked at, such as `incidents."pattern:healing-frequent:retry".state`. */
  readonly subject: string;
  readonly wanted: unknown;
  readonly seen: unknown;
  /** The incident's story, or what else helps to understand. */
  readonly story?: readonly string[];
};

export type Failed = Mismatch & { readonly file: string; readonly line: number; readonly atMs: number };

type Judged = { readonly failed: readonly Mismatch[]; readonly checked: number };

export function judgeDecision(wanted: Readonly<Record<string, unknown>>, decision: JsonObject): Judged {
  const entries = Object.entries(wanted);
  const failed = entries
    .filter(([field, value]) => !valueHolds(value, decision[field]))
    .map(([field, value]) => mismatch(`gate.${field}`, value, decision[field], [String(decision["message"] ?? "")]));
  return { failed, checked: entries.length };
}

export async function judge(stage: Stage, wanted: Expectations, scenario: Scenario): Promise<Judged> {
  const failed: Mismatch[] = [];
  let checked = 0;
  const hold = (subject: string, value: unknown, seen: unknown, holds: boolean, story?: readonly string[]): void => {
    checked++;
    if (!holds) failed.push(mismatch(subject, value, seen, story));
  };
  const number = (subject: string, value: number | string, seen: number, story?: readonly string[]): void =>
    hold(subject, value, seen, numberHolds(value, seen), story);

  await judgeIncidents(stage, wanted, scenario, hold);
  judgeMessages(stage, wanted, number, hold);
  await judgeDocuments(stage, wanted, hold);
  for (const [subject, verdicts] of Object.entries(wanted.verdicts ?? {})) {
    const seen = stage.seen.verdicts.get(subject) ?? [];
    hold(`verdicts.${subject}`, verdicts, seen, valueHolds(verdicts, seen));
  }
  if (wanted.healed !== undefined) hold("healed", wanted.healed, stage.seen.healed, valueHolds(wanted.healed, stage.seen.healed));
  if (wanted.dead_letters !== undefined)
    number("dead_letters", wanted.dead_letters, (await stage.documents.list("kintsugi_dead_letters")).length);

  const { ledger, equal_stores, outcomes, sql, lost } = wanted;
  if ([ledger, equal_stores, outcomes, sql, lost].every((part) => part === undefined)) return { failed, checked };
  await drain(stage);
  judgeLedger(wanted, await readLedger(stage), number, hold);
  for (const [statement, value] of Object.entries(sql ?? {})) {
    const seen = await answerOf(stage, statement);
    hold(`sql ${JSON.stringify(statement)}`, value, seen, valueHolds(value, seen));
  }
  return { failed, checked };
}

type Hold = (subject: string, value: unknown, seen: unknown, holds: boolean, story?: readonly string[]) => void;
type HoldNumber = (subject: string, value: number | string, seen: number, story?: readonly string[]) => void;

async function judgeIncidents(stage: Stage, wanted: Expectations, scenario: Scenario, hold: Hold): Promise<void> {
  const seen = await readIncidents(stage);
  for (const [key, value] of Object.entries(wanted.incidents ?? {})) {
    const incident = seen.get(key);
    if (value === "absent") {
      hold(`incidents.${key}`, "absent", incident?.["state"] ?? "absent", incident === undefined, story(incident));
      continue;
    }
    if (incident === undefined) {
      hold(`incidents.${key}`, value, "absent", false, [`incidents there are: ${[...seen.keys()].join(", ") || "none"}`]);
      continue;
    }
    for (const [field, inner] of Object.entries(value)) {
      hold(
        `incidents.${key}.${field}`,
        inner,
        incident[field],
        fieldHolds(field, inner, incident[field], scenario.startMs, stage.clock.now()),
        story(incident),
      );
    }
  }
  if (wanted.only !== "incidents") return;
  const named = Object.entries(wanted.incidents ?? {}).filter(([, value]) => value !== "absent");
  const others = [...seen.keys()].filter((key) => !named.some(([name]) => name === key));
  hold(
    "only incidents",
    named.map(([key]) => key),
    [...seen.keys()],
    others.length === 0,
    others.flatMap((key) => story(seen.get(key))),
  );
}

/** Times may be written as the timeline writes them. */
function fieldHolds(field: string, wanted: unknown, seen: unknown, startMs: number, nowMs: number): boolean {
  if (["opened", "resolved", "last_seen"].includes(field) && typeof wanted === "string" && typeof seen === "string") {
    return parseTime(wanted, { startMs, nowMs }) === Date.parse(seen);
  }
  return valueHolds(wanted, seen);
}

function story(incident: JsonObject | undefined): readonly string[] {
  if (incident === undefined) return [];
  const facts = Array.isArray(incident["facts"]) ? incident["facts"].map((fact) => `  ${String(fact)}`) : [];
  return [
    `${String(incident["key"])} is ${String(incident["state"])}, ${String(incident["severity"])}, since ${String(incident["opened"])}, count ${String(incident["count"])}`,
    ...facts,
  ];
}

function judgeMessages(stage: Stage, wanted: Expectations, number: HoldNumber, hold: Hold): void {
  const posted = (channel?: string): readonly string[] =>
    stage.slack.messages
      .filter((message) => channel === undefined || message.channel === channel)
      .map((message) => `${message.channel}: ${message.text.split("\n")[0]}`);
  for (const [channel, counts] of Object.entries(wanted.messages ?? {})) {
    const seen = stage.slack.counts(channel);
    for (const kind of ["posts", "edits", "replies", "mentions"] as const) {
      const value = counts[kind];
      if (value !== undefined) number(`messages.${channel}.${kind}`, value, seen[kind], posted(channel));
    }
  }
  if (wanted.posts !== undefined) {
    const total = stage.slack.channels().reduce((sum, channel) => sum + stage.slack.counts(channel).posts, 0);
    number("posts", wanted.posts, total, posted());
  }
  for (const [channel, texts] of Object.entries(wanted.text ?? {})) {
    const current = stage.slack.messages.filter((message) => message.channel === channel);
    for (const text of [texts].flat())
      hold(
        `text.${channel}`,
        text,
        posted(channel),
        current.some((message) => message.text.includes(text)),
        current.map((message) => message.text),
      );
  }
}

async function judgeDocuments(stage: Stage, wanted: Expectations, hold: Hold): Promise<void> {
  for (const [path, value] of Object.entries(wanted.documents ?? {})) {
    const slash = path.indexOf("/");
    const document = await stage.documents.get(path.slice(0, slash), path.slice(slash + 1));
    if (value === "absent" || document === undefined) {
      hold(`documents.${path}`, value, document?.data ?? "absent", value === "absent" && document === undefined);
      continue;
    }
    for (const [field, inner] of Object.entries(value))
      hold(`documents.${path}.${field}`, inner, document.data[field], valueHolds(inner, document.data[field]));
  }
}

function judgeLedger(wanted: Expectations, seen: LedgerSeen, number: HoldNumber, hold: Hold): void {
  for (const [type, value] of Object.entries(wanted.ledger ?? {}))
    number(`ledger.${type}`, value, type === "duplicates" ? seen.duplicates : (seen.byType.get(type) ?? 0));
  if (wanted.equal_stores !== undefined) {
    const isEqual = seen.onlyInDocuments.length === 0 && seen.onlyInWarehouse.length === 0;
    hold("equal_stores", wanted.equal_stores, isEqual, wanted.equal_stores === isEqual, [
      `${seen.onlyInDocuments.length} only in the document store, ${seen.onlyInWarehouse.length} only in the warehouse`,
    ]);
  }
  for (const [type, outcomes] of Object.entries(wanted.outcomes ?? {})) {
    for (const [outcome, value] of Object.entries(outcomes))
      if (value !== undefined) number(`outcomes.${type}.${outcome}`, value, seen.outcomes.get(`${type} ${outcome}`) ?? 0);
  }
  if (wanted.lost !== undefined) number("lost", wanted.lost, seen.lost.length, seen.lost);
}

async function answerOf(stage: Stage, statement: string): Promise<unknown> {
  const result = await stage.connection.runAndReadAll(statement);
  const rows = result.getRowsJson();
  const [first] = rows;
  if (rows.length === 1 && first?.length === 1)
    return typeof first[0] === "string" && /^-?\d+$/.test(first[0]) ? Number(first[0]) : first[0];
  return rows;
}

function mismatch(subject: string, wanted: unknown, seen: unknown, story?: readonly string[]): Mismatch {
  return { subject, wanted, seen, ...(story === undefined || story.length === 0 ? {} : { story }) };
}
