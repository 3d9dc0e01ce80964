/** The bus on Pub/Sub: one topic per topic of ours, named `kintsugi-<topic>`. */

import { DEADLINE_MS } from "@kintsugi/function-kit/deadlines";
import type { Bus, Message } from "@kintsugi/ports/bus";
import { Failure } from "@kintsugi/ports/failure";
import { callOptions, renewingCaller } from "./grpc-calls.ts";
import { grpcFailure } from "./grpc-failure.ts";

/** Limits of one request: https://cloud.google.com/pubsub/quotas#resource_limits. Attributes and framing need some of the 10 MB. */
const MAX_MESSAGES = 1_000;
const MAX_BYTES = 8_000_000;
const MAX_ATTRIBUTE_BYTES = 1_024;

export function topicName(topic: string): string {
  return `kintsugi-${topic}`;
}

export type PubSubParts = {
  readonly project: string;
  /** Of each call. Default: as of all calls out. */
  readonly deadlineMs?: number | undefined;
};

export function pubsubBus({ project, deadlineMs = DEADLINE_MS }: PubSubParts): Bus {
  const connect = async () => (await import("./pubsub-client.ts")).connectPublisher(project);
  const call = renewingCaller(connect, "bus", deadlineMs);

  async function request(topic: string, messages: readonly Message[]): Promise<readonly string[]> {
    const sent = messages.map(({ attributes, data }) => ({ attributes: { ...attributes }, data: Buffer.from(data) }));
    const path = `projects/${project}/topics/${topicName(topic)}`;
    const [{ messageIds }] = await call((client) => client.publish({ topic: path, messages: sent }, callOptions(deadlineMs)));
    return messageIds ?? [];
  }

  return {
    async publish(messages) {
      refuseLongAttributes(messages);
      const ids: string[] = [];
      const take = async ({ topic, indexes }: Batch): Promise<void> => {
        const given = await request(
          topic,
          indexes.map((index) => messages[index]!),
        );
        for (const [at, index] of indexes.entries()) ids[index] = given[at]!;
      };
      try {
        await Promise.all(batchesOf(messages).map(take));
        return ids;
      } catch (error) {
        throw grpcFailure(error, "pub/sub", "bus");
      }
    },
  };
}

/** The emulator takes what Pub/Sub refuses. */
function refuseLongAttributes(messages: readonly Message[]): void {
  const long = messages
    .flatMap(({ attributes }) => Object.entries(attributes))
    .find(([, value]) => Buffer.byteLength(value) > MAX_ATTRIBUTE_BYTES);
  if (long !== undefined)
    throw new Failure("permanent", `pub/sub: attribute ${long[0]} has more than ${MAX_ATTRIBUTE_BYTES} bytes`, { about: "bus" });
}

/** What goes in one request. */
type Batch = { readonly topic: string; readonly indexes: number[]; bytes: number };

function batchesOf(messages: readonly Message[]): readonly Batch[] {
  const batches: Batch[] = [];
  const open = new Map<string, Batch>();
  for (const [index, { topic, data }] of messages.entries()) {
    const last = open.get(topic);
    const isFull = last === undefined || last.indexes.length === MAX_MESSAGES || last.bytes + data.length > MAX_BYTES;
    const batch = isFull ? { topic, indexes: [], bytes: 0 } : last;
    if (isFull) batches.push(batch);
    open.set(topic, batch);
    batch.indexes.push(index);
    batch.bytes += data.length;
  }
  return batches;
}
