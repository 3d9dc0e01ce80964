/** The shell round every event handler: decode, tell duplicates, handle, one atomic write, publish, and only then acknowledge. */

import { eventKey, derivedId, type Event } from "@kintsugi/events/event";
import type { Change } from "@kintsugi/ports/documents";
import { Conflict, Failure, messageOf } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import { announce } from "./announce.ts";
import { deadLetter } from "./dead-letter.ts";
import { decodeMessage, type RawMessage } from "./decode-message.ts";
import type { Dependencies, FunctionDeclaration, Outcome } from "./declaration.ts";

export type Log = (fact: JsonObject & { readonly severity: "INFO" | "WARNING" | "ERROR"; readonly message: string }) => void;

export type DeliveredMessage = RawMessage & {
  /** From 1. */
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

export const seenCollection = "kintsugi_seen";
/** A failure that nobody registered is tried so often, then it goes to the dead letters. */
const MAX_UNREGISTERED_ATTEMPTS = 5;
const MAX_CONFLICTS = 5;

type Fresh = { readonly message: DeliveredMessage; readonly event: Event; readonly digest: string; readonly seenId: string };
type Refused = { readonly message: DeliveredMessage; readonly reason: string };
type Sorted = { readonly fresh: readonly Fresh[]; readonly refused: readonly Refused[]; readonly outboxes: readonly string[] };

export function deliverEvents(declaration: FunctionDeclaration, dependencies: Dependencies, log: Log): Deliver {
  const { documents, clock } = dependencies;
  const handle = declaration.onEvents?.(dependencies) ?? (async (): Promise<Outcome> => ({}));

  async function handleTogether(messages: readonly DeliveredMessage[], commit: CommitAndAck): Promise<void> {
    for (let conflicts = 0; ; conflicts++) {
      const nowMs = clock.now();
      const sorted = await sortMessages(messages, nowMs);
      for (const outbox of sorted.outboxes) await documents.flush(outbox);
      if (sorted.fresh.length === 0 && sorted.refused.length === 0) return;
      const outcome =
        sorted.fresh.length === 0
          ? {}
          : await handle(
              sorted.fresh.map(({ event }) => event),
              { nowMs },
            );
      const judged = withRefused(sorted, outcome);
      const change = changeOf(judged, outcome, nowMs);
      try {
        await commit(change, messages);
      } catch (error) {
        if (error instanceof Conflict && conflicts < MAX_CONFLICTS) continue;
        throw error;
      }
      for (const fact of outcome.log ?? []) log({ severity: "INFO", message: "decided", function: declaration.name, ...fact });
      for (const { message, reason } of judged.refused)
        log({ severity: "WARNING", message: "message refused", function: declaration.name, messageId: message.messageId, reason });
      await documents.flush(change.outbox);
      return;
    }
  }

  async function sortMessages(messages: readonly DeliveredMessage[], nowMs: number): Promise<Sorted> {
    const fresh = new Map<string, Fresh>();
    const refused: Refused[] = [];
    const outboxes = new Set<string>();
    const decoded = messages.map((message) => ({ message, ...decodeMessage(message, nowMs) }));
    const ids = decoded.map((item) => ("event" in item ? derivedId(declaration.name, eventKey(item.event)) : ""));
    const seen = await documents.getMany(
      seenCollection,
      ids.filter((id) => id !== ""),
    );
    const seenById = new Map(seen.filter((document) => document !== undefined).map((document) => [document.id, document.data]));
    for (const [index, item] of decoded.entries()) {
      if ("reason" in item) {
        refused.push({ message: item.message, reason: item.reason });
        continue;
      }
      const seenId = ids[index]!;
      const before = seenById.get(seenId);
      const digest = (before?.["digest"] as string | undefined) ?? fresh.get(seenId)?.digest;
      if (digest === undefined) fresh.set(seenId, { message: item.message, event: item.event, digest: item.digest, seenId });
      else if (digest !== item.digest && item.event.type !== "message.dead_lettered") {
        refused.push({
          message: item.message,
          reason: `source ${item.event.source} and id ${item.event.id} came before with other content`,
        });
      } else if (typeof before?.["outbox"] === "string") outboxes.add(before["outbox"]);
    }
    const byTime = [...fresh.values()].sort((a, b) => Date.parse(a.event.time) - Date.parse(b.event.time));
    return { fresh: byTime, refused, outboxes: [...outboxes] };
  }

  /** What the handler understood and cannot act on is seen, and kept with its reason. */
  function withRefused(sorted: Sorted, { refused = [] }: Outcome): Sorted {
    const messages = new Map(sorted.fresh.map(({ event, message }) => [event, message]));
    return {
      ...sorted,
      refused: [...sorted.refused, ...refused.map(({ event, reason }) => ({ message: messages.get(event)!, reason }))],
    };
  }

  function changeOf({ fresh, refused }: Sorted, outcome: Outcome, nowMs: number): Change {
    const outbox = fresh[0]?.seenId ?? derivedId(declaration.name, "refused", refused[0]!.message.messageId);
    const letters = refused.map(({ message, reason }) =>
      deadLetter(message, { functionName: declaration.name, reason, needsPerson: false }),
    );
    const marks = fresh.map(
      ({ seenId, digest }) => ({ op: "create", collection: seenCollection, id: seenId, data: { digest, outbox, at: nowMs } }) as const,
    );
    return {
      writes: [...marks, ...letters.map(({ write }) => write), ...(outcome.writes ?? [])],
      publish: [
        ...letters.flatMap(({ publish }) => publish),
        ...announce(outcome.publish ?? [], { functionName: declaration.name, cause: outbox, nowMs }),
      ],
      outbox,
    };
  }

  async function settleFailure(message: DeliveredMessage, error: unknown, commit: CommitAndAck): Promise<Settlement> {
    const failure = error instanceof Conflict ? "transient" : error instanceof Failure ? error.failure : undefined;
    const isFinal =
      failure === "permanent" || failure === "needs-human" || (failure === undefined && message.attempt >= MAX_UNREGISTERED_ATTEMPTS);
    log({
      severity: isFinal ? "ERROR" : "WARNING",
      message: "message not handled",
      function: declaration.name,
      messageId: message.messageId,
      attempt: message.attempt,
      reason: messageOf(error),
    });
    if (!isFinal) {
      const untilMs = error instanceof Failure ? error.untilMs : undefined;
      return { message, action: "nack", reason: messageOf(error), ...(untilMs === undefined ? {} : { untilMs }) };
    }
    // What will fail the same way whatever people do is no work for a person; a failure that nobody registered is.
    const needsPerson = failure !== "permanent";
    const { write, publish } = deadLetter(message, { functionName: declaration.name, reason: messageOf(error), needsPerson });
    const outbox = derivedId(declaration.name, "dead-letter", message.messageId);
    await commit({ writes: [write], publish, outbox }, [message]);
    await documents.flush(outbox);
    return { message, action: "ack" };
  }

  /** A batch that fails is tried one by one, so that one bad event does not hold up the others. */
  return async function deliver(messages, commit = (change) => documents.commit(change)) {
    try {
      await handleTogether(messages, commit);
      return messages.map((message) => ({ message, action: "ack" }) as const);
    } catch (error) {
      const [only] = messages;
      if (messages.length === 1 && only !== undefined) return [await settleSafely(only, error, commit)];
      const settlements: Settlement[] = [];
      for (const message of messages) settlements.push(...(await deliver([message], commit)));
      return settlements;
    }
  };

  async function settleSafely(message: DeliveredMessage, error: unknown, commit: CommitAndAck): Promise<Settlement> {
    try {
      return await settleFailure(message, error, commit);
    } catch (second) {
      return { message, action: "nack", reason: messageOf(second) };
    }
  }
}
