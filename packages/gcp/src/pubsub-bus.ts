/** The bus on Pub/Sub: one topic per topic of ours, named `kintsugi-<topic>`. */

import type { PubSub, Topic } from "@google-cloud/pubsub";
import type { Bus } from "@kintsugi/ports/bus";
import { grpcFailure } from "./grpc-failure.ts";

/** Less than a push deadline, so that an outage becomes a redelivery and not a hanging function. */
const TIMEOUT_MS = 20_000;
/** One call of ours is one batch; waiting for company would only delay it. */
const BATCH_DELAY_MS = 2;

export function topicName(topic: string): string {
  return `kintsugi-${topic}`;
}

export function pubsubBus({ project }: { readonly project: string }): Bus {
  let client: Promise<PubSub> | undefined;
  const topics = new Map<string, Topic>();
  const connect = async (): Promise<PubSub> => {
    const { PubSub: Client } = await import("./pubsub-client.ts");
    return new Client({ projectId: project });
  };

  async function topicOf(name: string): Promise<Topic> {
    client ??= connect();
    const pubsub = await client;
    const known = topics.get(name);
    if (known !== undefined) return known;
    const topic = pubsub.topic(topicName(name), { batching: { maxMilliseconds: BATCH_DELAY_MS }, gaxOpts: { timeout: TIMEOUT_MS } });
    topics.set(name, topic);
    return topic;
  }

  return {
    async publish(messages) {
      try {
        return await Promise.all(
          messages.map(async ({ topic, attributes, data }) =>
            (await topicOf(topic)).publishMessage({ attributes: { ...attributes }, data: Buffer.from(data) }),
          ),
        );
      } catch (error) {
        throw grpcFailure(error, "pub/sub", "bus");
      }
    },
  };
}
