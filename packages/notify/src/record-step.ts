/** What is known of a message before a call, and after it has worked or failed. Pure. */

import type { ChatAddress } from "@kintsugi/ports/chat";
import type { Call, Step, Wanted } from "./decide-delivery.ts";
import type { DeliveryEntry } from "./delivery-entry.ts";

/** A step that calls the receiver. */
export type CallStep = Extract<Step, { action: "look-up" | "call" | "edit" }>;

const MAX_REMEMBERED = 50;

/** Stored before the call: nobody else makes it meanwhile, and who comes later knows that it may have arrived. */
export function claimed(entry: DeliveryEntry, step: CallStep, { revision }: Wanted, nowMs: number): DeliveryEntry {
  const attempts =
    step.action === "call" ? [...withoutAttempt(entry, step.call.key), { key: step.call.key, sinceMs: nowMs }] : entry.attempts;
  const tried = Math.max(entry.tried, revision);
  return { ...entry, tried, attempts: attempts.slice(-MAX_REMEMBERED), claim: { revision, atMs: nowMs } };
}

/** @param found where the message or remark stands now; undefined where a look-up found nothing */
export function afterCall(entry: DeliveryEntry, step: CallStep, wanted: Wanted, found: ChatAddress | undefined): DeliveryEntry {
  const { refused: _refused, ...mended } = released(entry);
  if (step.action === "edit") return { ...mended, text: wanted.text, state: wanted.state };
  const known = { ...mended, attempts: withoutAttempt(entry, step.call.key) };
  if (found === undefined) return { ...released(entry), attempts: known.attempts };
  if (step.call.kind === "reply") return { ...known, said: [...known.said, step.call.key].slice(-MAX_REMEMBERED) };
  return step.action === "call" ? posted(known, wanted, found) : foundAgain(known, wanted, found);
}

/** A message that is gone can be posted anew. */
export function withoutMessage(entry: DeliveryEntry): DeliveryEntry {
  const { address: _address, text: _text, ...rest } = released(entry);
  return rest;
}

/** @param didNothing where the receiver has said that nothing happened */
export function afterFailure(entry: DeliveryEntry, step: CallStep, didNothing: boolean): DeliveryEntry {
  if (!didNothing || step.action !== "call") return released(entry);
  return { ...released(entry), attempts: withoutAttempt(entry, step.call.key) };
}

export function settledAt(entry: DeliveryEntry, { revision }: Wanted): DeliveryEntry {
  return { ...released(entry), settled: Math.max(entry.settled, revision), tried: Math.max(entry.tried, revision) };
}

export function released({ claim: _claim, ...entry }: DeliveryEntry): DeliveryEntry {
  return entry;
}

function posted(entry: DeliveryEntry, wanted: Wanted, address: ChatAddress): DeliveryEntry {
  const { text, state, revision } = wanted;
  return { ...entry, address, text, state, first: revision };
}

/** An earlier try had posted it, with words that nobody knows any more: they are edited. */
function foundAgain({ text: _text, ...entry }: DeliveryEntry, { revision, state }: Wanted, address: ChatAddress): DeliveryEntry {
  return { ...entry, address, first: revision, state };
}

function withoutAttempt({ attempts }: DeliveryEntry, key: Call["key"]): DeliveryEntry["attempts"] {
  return attempts.filter((attempt) => attempt.key !== key);
}
