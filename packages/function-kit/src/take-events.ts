/** The door for events: what a request brings goes into the next batch, and the request gets the answer of its own messages. */

import { isTopic, topics } from "@kintsugi/events/topics";
import type { Answer } from "./answer-route.ts";
import { deadLetter } from "./dead-letter.ts";
import type { Dependencies, FunctionDeclaration } from "./declaration.ts";
import type { Deliver, DeliveredMessage, Log, Settlement } from "./deliver-events.ts";
import type { HttpRequest } from "./http.ts";
import { doorOf } from "./mask-what-leaves.ts";
import { microBatches } from "./micro-batches.ts";
import { postponedMessages } from "./postponed.ts";
import { publishChange } from "./publish-stored.ts";
import { type Envelope, eventarcTopic, readEnvelope } from "./read-envelope.ts";

/** A batch is one commit, which holds 10 MiB at most: what events bring, what becomes of them, and what they announce. */
const MAX_EVENTS = 100;
const MAX_BYTES = 1024 * 1024;

export type TakeEvents = (request: HttpRequest) => Promise<Answer>;

export type TakingParts = {
  readonly declaration: Pick<FunctionDeclaration, "name" | "overlaps">;
  readonly dependencies: Pick<Dependencies, "documents" | "clock" | "config">;
  readonly deliver: Deliver;
  readonly log: Log;
};

export function takeEvents({ declaration, dependencies, deliver, log: unmaskedLog }: TakingParts): TakeEvents {
  const functionName = declaration.name;
  const { documents, clock, config } = dependencies;
  const door = doorOf(config);
  const log = door.log(unmaskedLog);
  const postponed = postponedMessages();
  const handle =
    declaration.overlaps === true
      ? deliver
      : microBatches<readonly DeliveredMessage[], readonly Settlement[]>((items) => settleAll(deliver, items), { fits });

  async function keep({ unreadable, reason }: Extract<Envelope, { reason: string }>): Promise<Answer> {
    const { write, publish } = deadLetter(unreadable, { functionName, reason, needsPerson: false }, door);
    log({ severity: "WARNING", message: "message refused", function: functionName, reason });
    const change = door.change({ writes: [write], publish, outbox: write.id });
    await documents.commit(change);
    await publishChange(documents, change);
    return { status: 200, body: { refused: reason } };
  }

  return async function take(request) {
    const topic = topicOf(request);
    if (topic === undefined) return { status: 404, body: { error: `events come by /events/{topic}, of ${topics.join(", ")}` } };
    const envelope = readEnvelope(request, topic, clock.now());
    if ("unreadable" in envelope) return await keep(envelope);
    const nowMs = clock.now();
    const waitsMs = Math.max(...envelope.messages.map(({ messageId }) => postponed.untilMs(messageId, nowMs) ?? 0));
    if (waitsMs > 0) return tooEarly(waitsMs);
    const settlements = await handle(envelope.messages);
    for (const each of settlements)
      if (each.action === "nack" && each.untilMs !== undefined) postponed.postpone(each.message.messageId, each.untilMs);
    return answerOf(settlements);
  };
}

/** Each subscription has its own path; Eventarc has one for all, and names the topic in a header of its own. */
function topicOf({ path, headers }: HttpRequest): string | undefined {
  const topic = path === "/events" ? eventarcTopic(headers) : /^\/events\/([^/]+)$/.exec(path)?.[1];
  return topic !== undefined && isTopic(topic) ? topic : undefined;
}

function fits(batch: readonly (readonly DeliveredMessage[])[], next: readonly DeliveredMessage[]): boolean {
  const messages = [...batch.flat(), ...next];
  return messages.length <= MAX_EVENTS && messages.reduce((sum, { data }) => sum + data.length, 0) <= MAX_BYTES;
}

async function settleAll(deliver: Deliver, items: readonly (readonly DeliveredMessage[])[]): Promise<readonly (readonly Settlement[])[]> {
  const settlements = new Map((await deliver(items.flat())).map((settlement) => [settlement.message, settlement]));
  return items.map((messages) => messages.map((message) => settlements.get(message)!));
}

/** Nothing is worth trying before; Pub/Sub has no delay of its own, and brings the message back by its back-off, of 10 minutes at most. */
function tooEarly(untilMs: number): Answer {
  return { status: 429, body: { error: `not before ${new Date(untilMs).toISOString()}` } };
}

function answerOf(settlements: readonly Settlement[]): Answer {
  const waiting = settlements.find((settlement) => settlement.action === "nack");
  if (waiting === undefined) return { status: 200, body: {} };
  return { status: waiting.untilMs === undefined ? 503 : 429, body: { error: waiting.reason } };
}
