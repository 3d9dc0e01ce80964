import { expect, test } from "vitest";
import { eventarcTopic, readEnvelope } from "./read-envelope.ts";

const now = Date.parse("2026-02-05T14:00:00Z");
const read = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
  readEnvelope({ headers, body: Buffer.from(body as string) }, "healing", now);
const push = (message: object, rest: object = {}) => JSON.stringify({ message, subscription: "s", ...rest });

test.for<[name: string, body: string | Uint8Array, reason: RegExp]>([
  ["an empty body", "", /empty/],
  ["no JSON", "{", /not JSON/],
  ["an array", "[]", /array/],
  ["null", "null", /no object/],
  ["no message", "{}", /`message` is missing/],
  ["gzip bytes", Uint8Array.of(0x1f, 0x8b, 8, 0, 255), /UTF-8/],
  ["url-safe base64", push({ data: "ab-_", messageId: "1" }), /base64/],
  ["base64 without padding", push({ data: "YWI", messageId: "1" }), /base64/],
  ["a key twice", '{"message":{"data":""},"message":{"data":""}}', /twice/],
  ["a message that is text", '{"message":"x"}', /envelope/],
])("keeps %s as unreadable, with its reason", ([, body, reason]) => {
  expect(read(body)).toMatchObject({ reason: expect.stringMatching(reason) as string, unreadable: { attempt: 0, topic: "healing" } });
});

test("a push message keeps its id, its publish time and its attempt", () => {
  const envelope = read(
    push(
      { data: Buffer.from("{}").toString("base64"), attributes: { a: "b" }, messageId: "42", publishTime: "2026-02-05T13:59:00Z" },
      { deliveryAttempt: 77 },
    ),
  );
  expect(envelope).toMatchObject({ messages: [{ messageId: "42", attributes: { a: "b" }, attempt: 77, publishedMs: now - 60_000 }] });
});

test("a push message with attributes alone is legal", () => {
  expect(read(push({ attributes: { "ce-type": "x" }, messageId: "42" }))).toMatchObject({ messages: [{ attributes: { "ce-type": "x" } }] });
});

test("a message has the topic that infrastructure brought it by, whatever it says itself", () => {
  const attributes = { "ce-source": "//pubsub.googleapis.com/projects/p/topics/operator" };
  expect(read(push({ data: "", attributes, messageId: "1" }))).toMatchObject({ messages: [{ topic: "healing", attempt: 0 }] });
});

test.for<[source: string | undefined, topic: string | undefined]>([
  ["//pubsub.googleapis.com/projects/p/topics/kintsugi-dead-letter", "dead-letter"],
  ["//pubsub.googleapis.com/projects/p/topics/healing", "healing"],
  ["//storage.googleapis.com/projects/p/topics/healing", undefined],
  ["kintsugi/cleanup", undefined],
  [undefined, undefined],
])("Eventarc's source %s names the topic %s", ([source, topic]) => {
  expect(eventarcTopic(source === undefined ? {} : { "ce-source": source })).toBe(topic);
});

test.for<[name: string, body: string, headers: Record<string, string>, count: number]>([
  ["an unwrapped push", '{"healing_type":"a"}', { "ce-type": "io.kintsugi.healing.completed.v1", "ce-id": "1" }, 1],
  ["a structured CloudEvent", '{"specversion":"1.0","type":"x"}', {}, 1],
  [
    "a batch of CloudEvents",
    '[{"specversion":"1.0"},{"specversion":"1.0","id":"2"}]',
    { "content-type": "application/cloudevents-batch+json" },
    2,
  ],
])("%s is legal", ([, body, headers, count]) => {
  const envelope = read(body, headers);
  expect("messages" in envelope && envelope.messages.length).toBe(count);
});
