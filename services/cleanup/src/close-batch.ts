/** Closes one batch: the intent is stored first, and the act is one transaction that reads the batch again. */

import type { Healer } from "@kintsugi/config/healer";
import { derivedId } from "@kintsugi/events/event";
import { commitIdempotently } from "@kintsugi/function-kit/commit-idempotently";
import { seenCollection } from "@kintsugi/function-kit/deliver-events";
import { toMessage } from "@kintsugi/events/wire";
import { readBatch, type Batch } from "@kintsugi/healing/batch";
import { causeOf, decideBatch, describeClose } from "@kintsugi/healing/decide-batch";
import { stateOf } from "@kintsugi/healing/state-of";
import type { Message } from "@kintsugi/ports/bus";
import type { Document, Documents } from "@kintsugi/ports/documents";
import { Conflict } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import { failedIn, readCompletions } from "./completions.ts";
import {
  healingIdOf,
  type Intent,
  isChanged,
  type PendingHeal,
  type Remembered,
  writeActs,
  writePending,
  writeTarget,
} from "./heal-store.ts";

export type Closing = {
  readonly documents: Documents;
  readonly healer: Healer;
  readonly target: Remembered;
  /** Acts of the last hour over all targets, this one not included. */
  readonly acts: readonly number[];
  readonly runId: string;
  readonly nowMs: number;
};

/** `recovered`: somebody finished the batch. `released`: a person has just said something of it; the next run acts. */
export type Closed = { readonly result: "closed"; readonly healingId: string } | { readonly result: "recovered" | "released" };

const MAX_CONFLICTS = 5;

/** Somebody who finishes the batch meanwhile wins: then there is nothing to heal, and that is no error. */
export async function closeBatch(closing: Closing): Promise<Closed> {
  const { documents, healer } = closing;
  const { target } = closing.target.state;
  for (let conflicts = 0; ; conflicts++) {
    const document = await documents.get(healer.batches, target);
    const batch = document === undefined ? undefined : await closable(closing, document);
    if (document === undefined || batch === undefined) return { result: "recovered" };
    const heal = healOf(closing, batch, document.data);
    // What a person has approved was requested when it was proposed.
    if (closing.target.state.intent === undefined) await request(closing, heal);
    try {
      await act(closing, heal, document.version);
      return { result: "closed", healingId: heal.healingId };
    } catch (error) {
      if (!(error instanceof Conflict) || conflicts >= MAX_CONFLICTS) throw error;
      if (await isChanged(documents, closing.target)) return { result: "released" };
    }
  }
}

/** Records what would be done, and does nothing. Once for each time that the target is found stalled. */
export async function intendToClose(closing: Closing): Promise<{ readonly result: "intended" | "recovered"; readonly intent?: Intent }> {
  const { documents, healer, target, nowMs, runId } = closing;
  const known = target.state.intent;
  if (known !== undefined) return { result: "intended", intent: known };
  const document = await documents.get(healer.batches, target.state.target);
  const batch = document === undefined ? undefined : await closable(closing, document);
  if (document === undefined || batch === undefined) return { result: "recovered" };
  const heal = healOf(closing, batch, document.data);
  const intent: Intent = { healingId: heal.healingId, atMs: nowMs, text: heal.trigger };
  const writes = [writeTarget({ ...target, state: { ...target.state, lastStalledMs: nowMs, intent } })];
  await commitIdempotently(documents, { writes, publish: [requestOf(closing, heal)], outbox: `${runId}~${heal.requestedId}` }, nowMs);
  return { result: "intended", intent };
}

/** The batch, if it is still to be closed. */
async function closable({ documents, healer, nowMs }: Closing, { id, data }: Document): Promise<Batch | undefined> {
  const read = readBatch(id, data, healer, await readCompletions(documents, healer, id));
  return "batch" in read && decideBatch(read.batch, healer, nowMs).action === "close" ? read.batch : undefined;
}

function healOf({ healer, target: { state }, nowMs, runId }: Closing, batch: Batch, data: JsonObject): PendingHeal {
  const attempt = state.attempts + 1;
  const text = describeClose(batch, nowMs);
  const healingId = state.intent?.healingId ?? healingIdOf(healer.name, state.target, attempt, runId);
  return {
    healer: healer.name,
    target: state.target,
    runId,
    healingId,
    attempt,
    actedMs: nowMs,
    trigger: `stalled: ${text}`,
    action: "closed the batch",
    cause: causeOf(batch),
    before: stateOf(data, healer) as PendingHeal["before"],
    failedBefore: failedIn(data, healer),
    requestedId: derivedId(healingId, "requested"),
    mode: state.intent?.approved === undefined ? healer.mode : "manual",
    actor: state.intent?.approved?.actor ?? healer.name,
    unclassified: [...batch.unclassified],
  };
}

/**
 * The intent: whatever happens to the act, the ledger knows that it was meant. It leaves with what the run publishes, so that a bus that is
 * away holds up no heal. Told once, as it was meant first: again, with what the batch has become, it would be another event of the same id.
 */
async function request(closing: Closing, heal: PendingHeal): Promise<void> {
  const { documents, runId, nowMs } = closing;
  const outbox = `${runId}~${heal.requestedId}`;
  if ((await documents.get(seenCollection, outbox)) !== undefined) return;
  await commitIdempotently(documents, { writes: [], publish: [requestOf(closing, heal)], outbox }, nowMs);
}

function requestOf({ healer, nowMs }: Closing, heal: PendingHeal): Message {
  return toMessage({
    id: heal.requestedId,
    source: "kintsugi/cleanup",
    type: "healing.requested",
    subject: heal.target,
    time: new Date(nowMs).toISOString(),
    data: {
      healing_id: heal.healingId,
      healing_type: healer.name,
      target: heal.target,
      trigger_reason: heal.trigger,
      cause: heal.cause,
      attempt: heal.attempt,
      mode: heal.mode,
      actor: healer.name,
      before_state: heal.before,
    },
  });
}

async function act({ documents, healer, target, acts, nowMs }: Closing, heal: PendingHeal, version: string): Promise<void> {
  const { intent: _done, ...state } = target.state;
  const closed = {
    [healer.fields.done]: true,
    auto_completed: true,
    auto_completion_reason: heal.trigger,
    auto_completed_at: new Date(nowMs).toISOString(),
    healing_id: heal.healingId,
  };
  const change = {
    writes: [
      { op: "merge", collection: healer.batches, id: heal.target, data: closed, version } as const,
      writePending(heal),
      writeTarget({ ...target, state: { ...state, attempts: heal.attempt, lastActMs: nowMs, lastStalledMs: nowMs } }),
      writeActs(healer.name, [...acts, nowMs]),
    ],
    publish: [],
    outbox: derivedId(heal.healingId, "act"),
  };
  await commitIdempotently(documents, change, nowMs);
}
