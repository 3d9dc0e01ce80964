/** The shell round every event handler: decode, tell duplicates, handle, one atomic write, publish, and only then acknowledge. */

import { derivedId } from "@kintsugi/events/event";
import type { Change } from "@kintsugi/ports/documents";
import { Conflict, Failure, messageOf } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import { announce } from "./announce.ts";
import { type ConflictPauses, noPauses } from "./conflict-pauses.ts";
import { deadLetter } from "./dead-letter.ts";
import type { Dependencies, FunctionDeclaration, Outcome } from "./declaration.ts";
import type { RawMessage } from "./decode-message.ts";
import { type Door, doorOf } from "./mask-what-leaves.ts";
import { publishStored } from "./publish-stored.ts";
import { SEEN_MS, seenCollection } from "./seen.ts";
import { settleFailure } from "./settle-failure.ts";
import { sortMessages, type Sorted } from "./sort-messages.ts";

export { seenCollection } from "./seen.ts";

export type Log = (fact: JsonObject & { readonly severity: "INFO" | "WARNING" | "ERROR"; readonly message: string }) => void;

export type DeliveredMessage = RawMessage & {
  /** From 1; 0 where the bus does not count. */
  readonly attempt: number;
};

/** What the bus must do with a message. */
export type Settlement = { readonly message: DeliveredMessage } & (
  | { readonly action: "ack" }
  | { readonly action: "nack"; readonly untilMs?: number; readonly reason: string }
);

/** Stores a change; on one machine the acknowledgement of the messages is part of the same transaction. */
export type CommitAndAck = (change: Change, settled: readonly DeliveredMessage[]) => Promise<void>;

export type Deliver = (messages: readonly DeliveredMessage[], commit?: CommitAndAck) => Promise<readonly Settlement[]>;

/** Messages of a batch that failed are tried one by one for so long; the others come back by the bus. */
const MAX_ONE_BY_ONE_MS = 20_000;

/** On one machine the next batch waits for this one. */
const PATIENCE_MS = 1_000;

export type Waiting = {
  /** Before it looks again, when somebody else wrote first. */
  readonly pauses?: ConflictPauses;
  /** For what a handler waits for; in all, not for each. */
  readonly patienceMs?: number;
};

type Judged = Sorted & { readonly outcome: Outcome; readonly late: readonly Late[]; readonly nowMs: number };
type Late = { readonly message: DeliveredMessage; readonly error: unknown };

export function deliverEvents(
  declaration: FunctionDeclaration,
  dependencies: Dependencies,
  unmaskedLog: Log,
  { pauses = noPauses, patienceMs = PATIENCE_MS }: Waiting = {},
): Deliver {
  const functionName = declaration.name;
  const door = doorOf(dependencies.config);
  const documents = door.documents(dependencies.documents);
  const { clock } = dependencies;
  const log = door.log(unmaskedLog);
  const handle = declaration.onEvents?.({ ...dependencies, documents }) ?? (async (): Promise<Outcome> => ({}));

  async function judge(messages: readonly DeliveredMessage[], trustsFirst: boolean): Promise<Judged> {
    const nowMs = clock.now();
    const sorted = await sortMessages(messages, { functionName, documents, nowMs, trustsFirst, hidden: dependencies.config.hidden });
    const events = sorted.fresh.map(({ event }) => event);
    const outcome = events.length === 0 ? {} : await handle(events, { nowMs, patienceMs });
    return { ...withOutcome(sorted, outcome), outcome, nowMs };
  }

  async function handleTogether(messages: readonly DeliveredMessage[], commit: CommitAndAck): Promise<readonly Settlement[]> {
    for (let conflicts = 0; ; conflicts++) {
      const judged = await judge(messages, conflicts === 0);
      const change = changeOf(functionName, judged, door);
      const late = new Set(judged.late.map(({ message }) => message));
      const handled = messages.filter((message) => !late.has(message));
      try {
        if (change !== undefined) await commit(change, handled);
      } catch (error) {
        if (!(error instanceof Conflict) || conflicts === pauses.max) throw error;
        await pauses.pause(conflicts);
        continue;
      }
      tell(judged);
      const settlements = await publishAll(handled, change, judged);
      for (const { message, error } of judged.late) settlements.push(await settleFailed(message, error, commit));
      return settlements;
    }
  }

  function settleFailed(message: DeliveredMessage, error: unknown, commit: CommitAndAck): Promise<Settlement> {
    return settleFailure(message, error, { functionName, documents, commit, log, door, nowMs: clock.now() });
  }

  function tell({ outcome, refused, fresh }: Judged): void {
    for (const { message, ahead } of fresh)
      if (ahead !== undefined)
        log({
          severity: "WARNING",
          message: "recorded as of its receipt",
          function: functionName,
          messageId: message.messageId,
          reason: `${ahead} is ahead of the clock`,
        });
    for (const fact of outcome.log ?? []) log({ severity: "INFO", message: "decided", function: functionName, ...fact });
    for (const { message, reason } of refused)
      log({ severity: "WARNING", message: "message refused", function: functionName, messageId: message.messageId, reason });
  }

  /** The messages whose events could not leave come back; their state is stored, so they are never dead letters. */
  async function publishAll(messages: readonly DeliveredMessage[], change: Change | undefined, { left }: Sorted): Promise<Settlement[]> {
    const unpublished = new Map<DeliveredMessage, string>();
    const publish = async (outbox: string, waiting: readonly DeliveredMessage[]): Promise<void> => {
      try {
        await publishStored(documents, outbox);
      } catch (error) {
        log({ severity: "WARNING", message: "events not published", function: functionName, outbox, reason: messageOf(error) });
        for (const message of waiting) unpublished.set(message, door.text(messageOf(error)));
      }
    };
    const before = new Set([...left.values()].flat());
    const own = messages.filter((message) => !before.has(message));
    if (change !== undefined && change.publish.length > 0) await publish(change.outbox, own);
    for (const [outbox, waiting] of left) await publish(outbox, waiting);
    return messages.map((message) => {
      const reason = unpublished.get(message);
      return reason === undefined ? { message, action: "ack" } : { message, action: "nack", reason };
    });
  }

  /** One bad event does not hold up the others; a store that is away holds up all alike. */
  async function oneByOne(messages: readonly DeliveredMessage[], error: unknown, commit: CommitAndAck): Promise<readonly Settlement[]> {
    const settlements: Settlement[] = [];
    const startedMs = clock.now();
    const isForAll = error instanceof Failure && error.failure === "transient" && error.about === "documents";
    for (const message of messages) {
      if (isForAll || clock.now() - startedMs > MAX_ONE_BY_ONE_MS)
        settlements.push({ message, action: "nack", reason: door.text(messageOf(error)) });
      else settlements.push(...(await deliver([message], commit)));
    }
    return settlements;
  }

  async function deliver(messages: readonly DeliveredMessage[], commit: CommitAndAck): Promise<readonly Settlement[]> {
    try {
      return await handleTogether(messages, commit);
    } catch (error) {
      const [only] = messages;
      if (messages.length !== 1 || only === undefined) return await oneByOne(messages, error, commit);
      return [await settleFailed(only, error, commit)];
    }
  }

  return (messages, commit = (change) => dependencies.documents.commit(change)) =>
    deliver(messages, (change, settled) => commit(door.change(change), settled));
}

/** What the handler understood and cannot act on is seen, and kept with its reason; what comes back is not seen yet. */
function withOutcome(sorted: Sorted, { refused = [], later = [] }: Outcome): Sorted & Pick<Judged, "late"> {
  const messages = new Map(sorted.fresh.map(({ event, message }) => [event, message]));
  const own = refused.map(({ event, reason }) => ({ message: messages.get(event)!, reason }));
  const late = new Map(later.map(({ event, error }) => [event, { message: messages.get(event)!, error }]));
  const fresh = sorted.fresh.filter(({ event }) => !late.has(event));
  return { ...sorted, fresh, refused: [...sorted.refused, ...own], late: [...late.values()] };
}

/** Undefined where all was handled before. */
function changeOf(functionName: string, { fresh, refused, outcome, nowMs }: Judged, door: Door): Change | undefined {
  if (fresh.length === 0 && refused.length === 0) return undefined;
  const outbox = fresh[0]?.seenId ?? derivedId(functionName, "refused", refused[0]!.message.messageId);
  const letters = refused.map(({ message, reason }) => deadLetter(message, { functionName, reason, needsPerson: false }, door));
  const publish = [
    ...letters.flatMap((letter) => letter.publish),
    ...announce(outcome.publish ?? [], { functionName, cause: outbox, nowMs }),
  ];
  // A mark without an outbox says that there is nothing to look for.
  const left = publish.length === 0 ? {} : { outbox };
  const marks = fresh.map(({ seenId, digest }) => {
    const data = { digest, at: nowMs, ...left };
    return { op: "create", collection: seenCollection, id: seenId, data, expiresMs: nowMs + SEEN_MS } as const;
  });
  return { writes: [...marks, ...letters.map(({ write }) => write), ...(outcome.writes ?? [])], publish, outbox };
}
