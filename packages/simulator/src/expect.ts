/** Holds expectations against the stage. */

import { placeOf } from "@kintsugi/ports/documents";
import { deadLetters } from "@kintsugi/function-kit/dead-letter";
import { messageOf } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import { valueHolds, numberHolds } from "./compare.ts";
import { drain } from "./drain.ts";
import { readIncidents, readLedger, type LedgerSeen } from "./read-stage.ts";
import type { Scenario } from "./load-scenario.ts";
import { ScenarioError } from "./scenario-error.ts";
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

/** One expectation, held against what was seen. */
type Held = Mismatch & { readonly holds: boolean };

export function judgeDecision(wanted: Readonly<Record<string, unknown>>, decision: JsonObject): Judged {
  return judged(
    Object.entries(wanted).map(([field, value]) => held(`gate.${field}`, value, decision[field], [String(decision["message"] ?? "")])),
  );
}

export async function judge(stage: Stage, wanted: Expectations, scenario: Scenario): Promise<Judged> {
  const all: Held[] = [
    ...(await incidentsHeld(stage, wanted, scenario)),
    ...messagesHeld(stage, wanted),
    ...(await documentsHeld(stage, wanted)),
    ...Object.entries(wanted.verdicts ?? {}).map(([subject, verdicts]) =>
      held(`verdicts.${subject}`, verdicts, stage.seen.verdicts.get(subject) ?? []),
    ),
  ];
  if (wanted.healed !== undefined) all.push(held("healed", wanted.healed, stage.seen.healed));
  if (wanted.dead_letters !== undefined)
    all.push(numberHeld("dead_letters", wanted.dead_letters, (await stage.documents.list(deadLetters)).length));

  const { ledger, equal_stores, outcomes, sql, lost } = wanted;
  if ([ledger, equal_stores, outcomes, sql, lost].every((part) => part === undefined)) return judged(all);
  await drain(stage);
  all.push(...ledgerHeld(wanted, await readLedger(stage)));
  for (const [statement, value] of Object.entries(sql ?? {}))
    all.push(held(`sql ${JSON.stringify(statement)}`, value, await answerOf(stage, statement)));
  return judged(all);
}

async function incidentsHeld(stage: Stage, wanted: Expectations, scenario: Scenario): Promise<readonly Held[]> {
  const seen = await readIncidents(stage);
  const times = { startMs: scenario.startMs, nowMs: stage.clock.now() };
  const all = Object.entries(wanted.incidents ?? {}).flatMap(([key, value]): readonly Held[] => {
    const incident = seen.get(key);
    const subject = `incidents.${key}`;
    if (value === "absent")
      return [{ subject, wanted: "absent", seen: incident?.["state"] ?? "absent", holds: incident === undefined, story: story(incident) }];
    if (incident === undefined)
      return [
        { subject, wanted: value, seen: "absent", holds: false, story: [`incidents there are: ${[...seen.keys()].join(", ") || "none"}`] },
      ];
    return Object.entries(value).map(([field, inner]) => ({
      ...held(`${subject}.${field}`, inner, incident[field], story(incident)),
      ...(isTime(field, inner, incident[field])
        ? { holds: parseTime(inner as string, times) === Date.parse(incident[field] as string) }
        : {}),
    }));
  });
  if (wanted.only !== "incidents") return all;
  const named = Object.entries(wanted.incidents ?? {}).flatMap(([key, value]) => (value === "absent" ? [] : [key]));
  const others = [...seen.keys()].filter((key) => !named.includes(key));
  const only = { subject: "only incidents", wanted: named, seen: [...seen.keys()], holds: others.length === 0 };
  return [...all, { ...only, story: others.flatMap((key) => story(seen.get(key))) }];
}

/** Times may be written as the timeline writes them. */
function isTime(field: string, wanted: unknown, seen: unknown): boolean {
  return ["opened", "resolved", "last_seen"].includes(field) && typeof wanted === "string" && typeof seen === "string";
}

function story(incident: JsonObject | undefined): readonly string[] {
  if (incident === undefined) return [];
  const facts = Array.isArray(incident["facts"]) ? incident["facts"].map((fact) => `  ${String(fact)}`) : [];
  return [
    `${String(incident["key"])} is ${String(incident["state"])}, ${String(incident["severity"])}, since ${String(incident["opened"])}, count ${String(incident["count"])}`,
    ...facts,
  ];
}

function messagesHeld({ slack }: Stage, wanted: Expectations): readonly Held[] {
  const inChannel = (channel?: string): typeof slack.messages =>
    slack.messages.filter((message) => channel === undefined || message.channel === channel);
  const posted = (channel?: string): readonly string[] =>
    inChannel(channel).map((message) => `${message.channel}: ${message.text.split("\n")[0]}`);
  const all: Held[] = [];
  for (const [channel, counts] of Object.entries(wanted.messages ?? {})) {
    const seen = slack.counts(channel);
    for (const kind of ["posts", "edits", "replies", "mentions"] as const) {
      const value = counts[kind];
      if (value !== undefined) all.push(numberHeld(`messages.${channel}.${kind}`, value, seen[kind], posted(channel)));
    }
  }
  if (wanted.posts !== undefined) {
    const total = slack.channels().reduce((sum, channel) => sum + slack.counts(channel).posts, 0);
    all.push(numberHeld("posts", wanted.posts, total, posted()));
  }
  for (const [channel, texts] of Object.entries(wanted.text ?? {})) {
    // A reply that is aloud stands in the channel too.
    const current = inChannel(channel).flatMap(({ text, replies }) => [
      text,
      ...replies.filter(({ isAloud }) => isAloud).map((reply) => reply.text),
    ]);
    for (const text of [texts].flat())
      all.push({
        subject: `text.${channel}`,
        wanted: text,
        seen: posted(channel),
        holds: current.some((each) => each.includes(text)),
        story: current,
      });
  }
  return all;
}

async function documentsHeld(stage: Stage, wanted: Expectations): Promise<readonly Held[]> {
  const all: Held[] = [];
  for (const [path, value] of Object.entries(wanted.documents ?? {})) {
    const place = placeOf(path);
    const document = place === undefined ? undefined : await stage.documents.get(place.collection, place.id);
    if (value === "absent" || document === undefined)
      all.push({
        subject: `documents.${path}`,
        wanted: value,
        seen: document?.data ?? "absent",
        holds: value === "absent" && document === undefined,
      });
    else for (const [field, inner] of Object.entries(value)) all.push(held(`documents.${path}.${field}`, inner, document.data[field]));
  }
  return all;
}

function ledgerHeld(wanted: Expectations, seen: LedgerSeen): readonly Held[] {
  const all = Object.entries(wanted.ledger ?? {}).map(([type, value]) =>
    numberHeld(`ledger.${type}`, value, type === "duplicates" ? seen.duplicates : (seen.byType.get(type) ?? 0)),
  );
  if (wanted.equal_stores !== undefined) {
    const isEqual = seen.onlyInDocuments.length === 0 && seen.onlyInWarehouse.length === 0;
    const difference = `${seen.onlyInDocuments.length} only in the document store, ${seen.onlyInWarehouse.length} only in the warehouse`;
    all.push(held("equal_stores", wanted.equal_stores, isEqual, [difference]));
  }
  for (const [type, outcomes] of Object.entries(wanted.outcomes ?? {})) {
    for (const [outcome, value] of Object.entries(outcomes))
      if (value !== undefined) all.push(numberHeld(`outcomes.${type}.${outcome}`, value, seen.outcomes.get(`${type} ${outcome}`) ?? 0));
  }
  if (wanted.lost !== undefined) all.push(numberHeld("lost", wanted.lost, seen.lost.length, seen.lost));
  return all;
}

/** @throws a ScenarioError: a statement that cannot be run is the file's fault */
async function rowsOf(stage: Stage, statement: string): Promise<readonly (readonly unknown[])[]> {
  try {
    return await stage.tables.rows(statement);
  } catch (error) {
    throw new ScenarioError(`${statement}: ${messageOf(error)}`, { cause: error });
  }
}

async function answerOf(stage: Stage, statement: string): Promise<unknown> {
  const rows = await rowsOf(stage, statement);
  const [first] = rows;
  if (rows.length === 1 && first?.length === 1)
    return typeof first[0] === "string" && /^-?\d+$/.test(first[0]) ? Number(first[0]) : first[0];
  return rows;
}

function held(subject: string, wanted: unknown, seen: unknown, story: readonly string[] = []): Held {
  return { subject, wanted, seen, holds: valueHolds(wanted, seen), story };
}

function numberHeld(subject: string, wanted: number | string, seen: number, story: readonly string[] = []): Held {
  return { subject, wanted, seen, holds: numberHolds(wanted, seen), story };
}

function judged(all: readonly Held[]): Judged {
  const failed = all
    .filter(({ holds }) => !holds)
    .map(({ subject, wanted, seen, story = [] }) => ({ subject, wanted, seen, ...(story.length === 0 ? {} : { story }) }));
  return { failed, checked: all.length };
}
