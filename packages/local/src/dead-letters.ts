/** What could not be handled: shown, sent again, or dropped. Who settles a letter, and why, is kept. */

import { subjectKey } from "@kintsugi/events/subject";
import { derivedId, eventKey } from "@kintsugi/events/event";
import { Id } from "@kintsugi/events/fields";
import { isTopic } from "@kintsugi/events/topics";
import { toMessage } from "@kintsugi/events/wire";
import { deadLetters } from "@kintsugi/function-kit/dead-letter";
import { decodeMessage, type RawMessage } from "@kintsugi/function-kit/decode-message";
import { seenCollection } from "@kintsugi/function-kit/deliver-events";
import { openIncidents } from "@kintsugi/function-kit/incidents";
import type { Message } from "@kintsugi/ports/bus";
import type { Write } from "@kintsugi/ports/documents";
import { z } from "zod";
import { replayFault } from "./replay-fault.ts";
import type { Local } from "./open-local.ts";

export const settledLetters = "kintsugi_settled_letters";
const MAX_LISTED = 1_000;
const KEPT_MS = 90 * 86_400_000;

const StoredLetter = z.object({
  topic: z.string(),
  message_id: z.string(),
  reason: z.string(),
  function: z.string().default("unknown"),
  needs_person: z.boolean().default(false),
  /** Base64, masked, and cut where it was long. */
  data: z.string(),
  /** Before it was cut. */
  bytes: z.number(),
  attributes: z.record(z.string(), z.string()).default({}),
  time: z.string(),
});
type StoredLetter = z.infer<typeof StoredLetter>;

/** `no_replay`: why it cannot be sent again; null where it can. */
export type Letter = StoredLetter & { readonly id: string; readonly no_replay: string | null };

export const Settlement = z.object({ done: z.enum(["replayed", "dropped"]), actor: Id, reason: z.string().min(1) });
export type Settlement = z.infer<typeof Settlement>;

/** The oldest first. */
export async function listLetters({ documents }: Pick<Local, "documents">): Promise<readonly Letter[]> {
  const stored = await documents.list(deadLetters, { limit: MAX_LISTED });
  return stored.map(({ id, data }) => letterOf(id, StoredLetter.parse(data))).sort((a, b) => a.time.localeCompare(b.time));
}

export async function readLetter({ documents }: Pick<Local, "documents">, id: string): Promise<Letter | undefined> {
  const stored = await documents.get(deadLetters, id);
  return stored === undefined ? undefined : letterOf(id, StoredLetter.parse(stored.data));
}

/** Undefined where it is done, else why it cannot be. */
export type Refused = { readonly status: 404 | 409; readonly error: string } | undefined;

/** In one change the letter goes, its message is sent again if it shall be, and who did it is kept. */
export async function settleLetter(local: Local, id: string, settlement: Settlement): Promise<Refused> {
  const { documents, dependencies } = local;
  const stored = await documents.get(deadLetters, id);
  if (stored === undefined) return { status: 404, error: `there is no dead letter ${id.slice(0, 100)}: see kintsugi dead-letters list` };
  const letter = letterOf(id, StoredLetter.parse(stored.data));
  const isReplay = settlement.done === "replayed";
  if (isReplay && letter.no_replay !== null) return { status: 409, error: `${id} cannot be replayed: ${letter.no_replay}` };
  const nowMs = dependencies.clock.now();
  const said = { ...settlement, at: new Date(nowMs).toISOString() };
  const { topic, message_id, function: functionName, reason: refused } = letter;
  const writes: readonly Write[] = [
    { op: "delete", collection: deadLetters, id, version: stored.version },
    {
      op: "set",
      collection: settledLetters,
      id,
      data: { topic, message_id, function: functionName, refused, ...said },
      expiresMs: nowMs + KEPT_MS,
    },
    ...(isReplay ? forgetSeen(letter, nowMs) : []),
  ];
  const publish = [...(isReplay ? [messageOf(letter)] : []), ...(await closing(local, letter, said))];
  await documents.commit({ writes, publish, outbox: derivedId("settled", id, said.at) });
  return undefined;
}

/** The one that refused it must not take it for a repetition. */
function forgetSeen(letter: Letter, nowMs: number): readonly Write[] {
  const decoded = decodeMessage(rawOf(letter), nowMs);
  if ("reason" in decoded) return [];
  return [{ op: "delete", collection: seenCollection, id: derivedId(letter.function, eventKey(decoded.event)) }];
}

/** An event that was given no id keeps the one that it got, so that who has handled it already does not do so twice. */
function messageOf(letter: Letter): Message {
  const raw = rawOf(letter);
  return { ...raw, attributes: { "ce-id": derivedId("message", letter.message_id), ...raw.attributes } };
}

function rawOf({ topic, message_id, attributes, data, time }: StoredLetter): RawMessage {
  return { topic, messageId: message_id, attributes, data: Buffer.from(data, "base64"), publishedMs: Date.parse(time) };
}

/** With the last letter that needed a person, the incident that called for one is over. */
async function closing(local: Local, letter: Letter, { actor, reason, at }: Settlement & { at: string }): Promise<readonly Message[]> {
  if (!letter.needs_person) return [];
  const others = (await listLetters(local)).filter((one) => one.needs_person && one.function === letter.function && one.id !== letter.id);
  const incident = subjectKey({ kind: "dead-letter", function: letter.function });
  const isOpen = (await openIncidents(local.documents)).some(({ key }) => key === incident);
  if (others.length > 0 || !isOpen) return [];
  const id = derivedId("closed", letter.id, at);
  return [
    toMessage({ id, source: "kintsugi/cli", type: "incident.closed", subject: incident, time: at, data: { incident, actor, reason } }),
  ];
}

function letterOf(id: string, stored: StoredLetter): Letter {
  return { id, ...stored, no_replay: isTopic(stored.topic) ? (replayFault(stored) ?? null) : `topic ${stored.topic} does not exist` };
}
