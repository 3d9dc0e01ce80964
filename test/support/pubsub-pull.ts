/** Topics and subscriptions of the Pub/Sub emulator, over its REST API. */

import { topicName } from "@kintsugi/gcp/pubsub-bus";
import { z } from "zod";

export type Pulled = {
  readonly ackId: string;
  readonly attributes: Record<string, string>;
  readonly data: Buffer;
  readonly messageId: string;
};

const Pull = z.object({
  receivedMessages: z
    .array(
      z.object({
        ackId: z.string(),
        message: z.object({
          data: z.string().default(""),
          attributes: z.record(z.string(), z.string()).default({}),
          messageId: z.string(),
        }),
      }),
    )
    .default([]),
});

async function call(method: string, path: string, body: object): Promise<unknown> {
  const url = `http://${process.env["PUBSUB_EMULATOR_HOST"]}/v1/${path}`;
  const response = await fetch(url, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

export async function createTopic(project: string, topic: string): Promise<void> {
  await call("PUT", `projects/${project}/topics/${topicName(topic)}`, {});
}

export type Subscription = { pull(): Promise<readonly Pulled[]>; acknowledge(ackIds: readonly string[]): Promise<void> };

export async function subscribe(project: string, topic: string, name: string): Promise<Subscription> {
  const subscription = `projects/${project}/subscriptions/${name}`;
  await call("PUT", subscription, { topic: `projects/${project}/topics/${topicName(topic)}`, ackDeadlineSeconds: 60 });
  return {
    async pull() {
      const { receivedMessages } = Pull.parse(await call("POST", `${subscription}:pull`, { maxMessages: 1_000, returnImmediately: true }));
      return receivedMessages.map(({ ackId, message }) => ({ ackId, ...message, data: Buffer.from(message.data, "base64") }));
    },
    async acknowledge(ackIds) {
      if (ackIds.length > 0) await call("POST", `${subscription}:acknowledge`, { ackIds });
    },
  };
}

/** Makes the topic and a subscription; the answer returns all messages so far. */
export async function subscribeAll(project: string, topic: string): Promise<() => Promise<readonly Pulled[]>> {
  await createTopic(project, topic);
  const subscription = await subscribe(project, topic, `${topicName(topic)}-test`);
  const received: Pulled[] = [];
  return async () => {
    for (;;) {
      const pulled = await subscription.pull();
      if (pulled.length === 0) return received;
      received.push(...pulled);
      await subscription.acknowledge(pulled.map(({ ackId }) => ackId));
    }
  };
}
