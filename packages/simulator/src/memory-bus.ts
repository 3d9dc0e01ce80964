/** The bus in memory: the rules of the local one, without a file. */

import type { BusOptions, Delivery, LocalBus } from "@kintsugi/local/local-bus";
import type { Message } from "@kintsugi/ports/bus";
import { Failure } from "@kintsugi/ports/failure";

export type MemoryBus = Omit<LocalBus, "nextDue" | "insert"> & {
  /** When the first delivery of a subscription is due that nobody has in hand. */
  firstDue(subscription: string, isInHand: (id: number) => boolean): number | undefined;
};

export function memoryBus({
  subscriptions,
  clock,
  newId,
  delays = () => [0],
}: Required<Pick<BusOptions, "newId">> & BusOptions): MemoryBus {
  /** Of each subscription what waits or is at work, ordered by due time and id. */
  const queues = new Map<string, Delivery[]>();
  const byId = new Map<number, Delivery>();
  const lastDue = new Map<string, number>();
  let lastId = 0;

  function add(delivery: Delivery): void {
    const queue = queues.get(delivery.subscription) ?? [];
    queues.set(delivery.subscription, queue);
    queue.splice(placeOf(queue, delivery), 0, delivery);
    byId.set(delivery.id, delivery);
  }

  function remove(id: number): Delivery | undefined {
    const delivery = byId.get(id);
    if (delivery === undefined) return undefined;
    byId.delete(id);
    const queue = queues.get(delivery.subscription)!;
    queue.splice(placeOf(queue, delivery), 1);
    return delivery;
  }

  function insert(messages: readonly Message[]): readonly string[] {
    for (const { topic } of messages)
      if (subscriptions[topic] === undefined)
        throw new Failure("permanent", `topic ${topic} does not exist; there are ${Object.keys(subscriptions).join(", ")}`);
    const publishedMs = clock.now();
    return messages.map((message) => {
      const messageId = newId();
      for (const subscription of subscriptions[message.topic]!)
        for (const delay of delays())
          add({ ...message, id: ++lastId, kind: "event", subscription, messageId, attempt: 1, publishedMs, dueMs: publishedMs + delay });
      return messageId;
    });
  }

  function take(subscription: string, nowMs: number, limit: number): readonly Delivery[] {
    const queue = queues.get(subscription) ?? [];
    let count = 0;
    while (count < Math.min(queue.length, limit) && queue[count]!.dueMs <= nowMs) count++;
    return queue.slice(0, count);
  }

  return {
    publish: async (messages) => insert(messages),
    take,
    ack: (ids) => ids.forEach(remove),
    nack(ids, dueMs) {
      for (const id of ids) {
        const delivery = remove(id);
        if (delivery !== undefined) add({ ...delivery, attempt: delivery.attempt + 1, dueMs });
      }
    },
    firstDue: (subscription, isInHand) => queues.get(subscription)?.find(({ id }) => !isInHand(id))?.dueMs,
    hurry(nowMs) {
      for (const delivery of [...byId.values()]) if (delivery.dueMs > nowMs) add({ ...remove(delivery.id)!, dueMs: nowMs });
    },
    enqueueRun(functionName, dueMs, by) {
      if (by === undefined && (lastDue.get(functionName) ?? Number.NEGATIVE_INFINITY) >= dueMs) return;
      if (by === undefined) lastDue.set(functionName, dueMs);
      const nowMs = clock.now();
      const attributes = { due: String(dueMs), ...(by === undefined ? {} : { by }) };
      const messageId = `run:${functionName}:${dueMs}:${by ?? ""}`;
      const run = { id: ++lastId, kind: "run", subscription: functionName, topic: "", messageId, data: new Uint8Array() } as const;
      add({ ...run, attributes, attempt: 1, publishedMs: nowMs, dueMs: nowMs });
    },
  };
}

/** Where it stands, or would stand. */
function placeOf(queue: readonly Delivery[], { dueMs, id }: Delivery): number {
  let [low, high] = [0, queue.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = queue[middle]!;
    if (other.dueMs < dueMs || (other.dueMs === dueMs && other.id < id)) low = middle + 1;
    else high = middle;
  }
  return low;
}
