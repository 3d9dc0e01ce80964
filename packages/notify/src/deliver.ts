/** Brings one message to one receiver, once as far as the receiver allows: each call is claimed before, and looked up before it is made again. */

import type { NewEvent } from "@kintsugi/function-kit/declaration";
import { Conflict, Failure, messageOf } from "@kintsugi/ports/failure";
import { decideDelivery } from "./decide-delivery.ts";
import type { DeliveryEntry } from "./delivery-entry.ts";
import { type CallingStep, type Performed, performStep, withoutAttempt } from "./perform-step.ts";
import type { Telling } from "./receiver.ts";
import { accepting, refusing } from "./refusal.ts";
import { openEntry, type Parts, refusedEntries, type StoredEntry } from "./stored-entry.ts";

export type Delivery =
  | { readonly status: "done"; readonly isTold: boolean }
  /** Another instance is at it, until then at the latest; or its message was edited only just now. */
  | { readonly status: "early"; readonly reason: "busy" | "edited-lately"; readonly untilMs: number }
  | { readonly status: "failed"; readonly error: unknown };

/** Two that met write again after so long. */
const CLASH_MS = 1_000;
/** A claim is stored within 10 s, and its call waits 5 s for its turn and takes 10 s at most: whoever has claimed it longer ago has died. */
const CLAIM_MS = 30_000;
/** Whoever was held up for longer before its call makes none, as somebody else may soon take over. */
const STALE_MS = 12_000;

export async function deliver(parts: Parts, telling: Telling): Promise<Delivery> {
  try {
    return await withClaims(parts, telling);
  } catch (error) {
    return error instanceof Conflict
      ? { status: "early", reason: "busy", untilMs: parts.clock.now() + CLASH_MS }
      : { status: "failed", error };
  }
}

async function withClaims(parts: Parts, telling: Telling): Promise<Delivery> {
  const stored = await openEntry(parts, telling);
  let known: Known = { entry: stored.entry, publish: [], isTold: false };
  for (;;) {
    const step = decideDelivery(known.entry, telling.wanted, telling.receiver.manner, parts.clock.now());
    const isUntouched = known.entry === stored.entry;
    if (step.action === "drop" && isUntouched) {
      await stored.flush();
      return { status: "done", isTold: false };
    }
    const claimedUntilMs = claimEnd(stored.entry);
    if (isUntouched && parts.clock.now() < claimedUntilMs) return { status: "early", reason: "busy", untilMs: claimedUntilMs };
    if (step.action === "wait") {
      if (!isUntouched) await stored.save(unclaimed(known.entry), known.publish);
      return { status: "early", reason: step.reason, untilMs: step.untilMs };
    }
    if (step.action === "drop" || step.action === "settle") {
      await stored.save(step.action === "settle" ? settled(known.entry, telling) : unclaimed(known.entry), known.publish);
      return { status: "done", isTold: known.isTold };
    }
    const nowMs = parts.clock.now();
    const entry = claimed(step, known.entry, { telling, nowMs });
    await stored.save(entry, known.publish);
    if (parts.clock.now() - nowMs > STALE_MS) return { status: "early", reason: "busy", untilMs: claimEnd(entry) };
    const result = await attempt(step, entry, telling);
    if ("error" in result) return await failed(stored, result, { step, entry, telling });
    known = await after(parts, result, { telling, isTold: known.isTold });
  }
}

/** What is known between two calls; the events are stored with the next claim, or at the end. */
type Known = { readonly entry: DeliveryEntry; readonly publish: readonly NewEvent[]; readonly isTold: boolean };

async function after(
  parts: Parts,
  { entry, told }: Performed,
  { telling, isTold }: { readonly telling: Telling; readonly isTold: boolean },
): Promise<Known> {
  if (told === undefined) return { entry, publish: [], isTold };
  const isMended = entry.refused !== undefined && (await isAcceptedAgain(parts, telling));
  return { entry: accepted(entry), publish: [delivered(told, telling, isMended)], isTold: true };
}

function claimEnd({ claim }: DeliveryEntry): number {
  return claim === undefined ? 0 : claim.atMs + CLAIM_MS;
}

type Failed = { readonly error: unknown; readonly isRefused: boolean };

async function attempt(step: CallingStep, entry: DeliveryEntry, telling: Telling): Promise<Performed | Failed> {
  try {
    return await performStep(step, entry, telling);
  } catch (error) {
    const failure = error instanceof Failure ? error.failure : undefined;
    const isPost = step.action !== "edit" && step.call.kind === "post";
    // What cannot be edited or answered any more is no message that people can follow: it is posted anew if there is still something to say.
    if (failure === "permanent" && !isPost) return { entry: gone(entry) };
    return { error, isRefused: failure === "needs-human" || failure === "permanent" };
  }
}

type At = { readonly step: CallingStep; readonly entry: DeliveryEntry; readonly telling: Telling };

/** What was refused waits for the bus to bring it back. People are told of it through other receivers, once for each reason. */
async function failed(stored: StoredEntry, { error, isRefused }: Failed, { step, entry, telling }: At): Promise<Delivery> {
  const failure = error instanceof Failure ? error.failure : undefined;
  const isSure = step.action === "call" && (isRefused || failure === "wait-until");
  const known = unclaimed(isSure ? withoutAttempt(entry, step.call.key) : entry);
  if (!isRefused) {
    // The claim would only hold up the next try; that is no reason to hide the failure.
    await stored.save(known, []).catch(() => {});
    return { status: "failed", error };
  }
  const reason = messageOf(error);
  const about = error instanceof Failure ? error.about : undefined;
  const isNew = entry.refused !== reason;
  await stored.save({ ...known, refused: reason }, isNew ? [notDelivered(telling, reason, about)] : []);
  // It was said before, and may not have left.
  if (!isNew) await stored.flush();
  const details = { cause: error, ...(about === undefined ? {} : { about }) };
  return { status: "failed", error: new Failure("transient", reason, details) };
}

function claimed(step: CallingStep, entry: DeliveryEntry, { telling, nowMs }: { telling: Telling; nowMs: number }): DeliveryEntry {
  const { revision } = telling.wanted;
  const claim = { tried: Math.max(entry.tried, revision), claim: { revision, atMs: nowMs } };
  switch (step.action) {
    case "look-up":
      return { ...entry, ...claim };
    case "call":
      return { ...entry, ...claim, attempts: [...entry.attempts, { key: step.call.key, sinceMs: nowMs, revision }] };
    case "edit": {
      // Until the answer is there, nobody knows which text people see.
      const { text: _before, ...rest } = entry;
      return { ...rest, ...claim, editedMs: nowMs };
    }
  }
}

function settled(entry: DeliveryEntry, { wanted }: Telling): DeliveryEntry {
  const revision = Math.max(entry.settled, wanted.revision);
  return { ...accepted(unclaimed(entry)), settled: revision, tried: Math.max(entry.tried, revision), state: wanted.state };
}

function unclaimed({ claim: _claim, ...entry }: DeliveryEntry): DeliveryEntry {
  return entry;
}

function accepted({ refused: _refused, ...entry }: DeliveryEntry): DeliveryEntry {
  return entry;
}

function gone({ address: _address, text: _text, ...entry }: DeliveryEntry): DeliveryEntry {
  return { ...entry, attempts: [] };
}

/** Only the last message that was refused says that all is well again. */
async function isAcceptedAgain({ documents }: Parts, { receiver, key }: Telling): Promise<boolean> {
  const refused = await refusedEntries(documents, receiver.notifier);
  return refused.every((entry) => entry.receiver === receiver.name && entry.key === key);
}

function delivered(
  { kind, address }: NonNullable<Performed["told"]>,
  { receiver, key, channel, wanted }: Telling,
  isMended: boolean,
): NewEvent {
  const { revision } = wanted;
  const observations = isMended ? [accepting(receiver)] : [];
  return {
    type: "notification.delivered",
    purpose: `delivered:${kind}`,
    subject: key,
    data: { receiver: receiver.name, key, revision, kind, channel, address: address.id, observations },
  };
}

function notDelivered({ receiver, key, channel, wanted }: Telling, reason: string, about: string | undefined): NewEvent {
  const observations = [refusing(receiver, { channel, reason, about })];
  return {
    type: "notification.failed",
    purpose: "failed",
    subject: key,
    data: { receiver: receiver.name, key, revision: wanted.revision, channel, reason, observations },
  };
}
