/** What becomes of a message whose handling failed: it comes back, or it is kept as a dead letter. */

import { derivedId } from "@kintsugi/events/event";
import type { Change, Documents } from "@kintsugi/ports/documents";
import { Conflict, Failure, type FailureClass, messageOf } from "@kintsugi/ports/failure";
import { deadLetter } from "./dead-letter.ts";
import type { CommitAndAck, DeliveredMessage, Log, Settlement } from "./deliver-events.ts";
import type { Door } from "./mask-what-leaves.ts";
import { publishChange } from "./publish-stored.ts";
import { SEEN_MS } from "./seen.ts";

/** A failure that nobody registered is tried so often, then it goes to the dead letters. */
const MAX_UNREGISTERED_ATTEMPTS = 5;
/** Where the bus does not count, as Pub/Sub without a dead-letter policy, attempts at what failed in a way that nobody registered are counted here. */
const attemptsCollection = "kintsugi_attempts";

export type Settling = {
  readonly functionName: string;
  readonly documents: Documents;
  readonly commit: CommitAndAck;
  readonly log: Log;
  readonly door: Door;
  readonly nowMs: number;
};

/** Never throws: what cannot be settled comes back. */
export async function settleFailure(message: DeliveredMessage, error: unknown, settling: Settling): Promise<Settlement> {
  try {
    return await settle(message, error, settling);
  } catch (second) {
    return { message, action: "nack", reason: settling.door.text(messageOf(second)) };
  }
}

async function settle(message: DeliveredMessage, error: unknown, settling: Settling): Promise<Settlement> {
  const failure = error instanceof Conflict ? "transient" : error instanceof Failure ? error.failure : undefined;
  const attempt = failure === undefined ? await countedAttempt(message, settling) : message.attempt;
  const isFinal = isLast(failure, attempt);
  settling.log({
    // That something waits for its turn is no fault.
    severity: isFinal ? "ERROR" : failure === "wait-until" ? "INFO" : "WARNING",
    message: "message not handled",
    function: settling.functionName,
    messageId: message.messageId,
    attempt,
    reason: messageOf(error),
  });
  if (isFinal) return await keep(message, { reason: messageOf(error), needsPerson: failure !== "permanent" }, settling);
  const untilMs = error instanceof Failure ? error.untilMs : undefined;
  return { message, action: "nack", reason: settling.door.text(messageOf(error)), ...(untilMs === undefined ? {} : { untilMs }) };
}

function isLast(failure: FailureClass | undefined, attempt: number): boolean {
  switch (failure) {
    case "permanent":
    case "needs-human":
      return true;
    case "transient":
    case "wait-until":
      return false;
    case undefined:
      return attempt >= MAX_UNREGISTERED_ATTEMPTS;
  }
}

/** What will fail the same way whatever people do is no work for a person; a failure that nobody registered is. */
async function keep(
  message: DeliveredMessage,
  why: { readonly reason: string; readonly needsPerson: boolean },
  { functionName, documents, commit, door }: Settling,
): Promise<Settlement> {
  const { write, publish } = deadLetter(message, { functionName, ...why }, door);
  const change: Change = { writes: [write], publish, outbox: derivedId(functionName, "dead-letter", message.messageId) };
  await commit(change, [message]);
  await publishChange(documents, change);
  return { message, action: "ack" };
}

async function countedAttempt({ messageId, attempt }: DeliveredMessage, { functionName, documents, nowMs }: Settling): Promise<number> {
  if (attempt > 0) return attempt;
  const place = { collection: attemptsCollection, id: derivedId(functionName, messageId) };
  const before = await documents.get(place.collection, place.id);
  const counted = Number(before?.data["attempts"] ?? 0) + 1;
  const write = { op: "set", ...place, data: { attempts: counted }, expiresMs: nowMs + SEEN_MS } as const;
  await documents.commit({ writes: [write], publish: [], outbox: place.id });
  return counted;
}
