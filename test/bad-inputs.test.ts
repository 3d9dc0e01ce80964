/** What strangers may send, to each function that consumes events, through the HTTP handler that the cloud calls. */

import { expect, test } from "vitest";
import { consumers, push, samples, strangerStage as stage } from "./support/stranger-stage.ts";

const bad = (sample: object): Readonly<Record<string, string | Uint8Array>> => {
  const text = (more: object): string => push(JSON.stringify({ ...sample, ...more }));
  return {
    "1 empty body": "",
    "2 not JSON": "{",
    "3 array": "[]",
    "3 null": "null",
    "3 number": "7",
    "4 no message": "{}",
    "6 bad base64": JSON.stringify({ message: { data: "%%%", messageId: "b1" } }),
    "6 url-safe base64": JSON.stringify({ message: { data: "_-_-", messageId: "b2" } }),
    "6 no padding": JSON.stringify({ message: { data: "e30", messageId: "b3" } }),
    "7 not UTF-8": push(Uint8Array.of(0x7b, 0xff, 0x7d)),
    "7 byte order mark": push(`\u{FEFF}${JSON.stringify(sample)}`),
    "8 gzip": Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0xff),
    "9 too large": text({ filler: "x".repeat(600_000) }),
    "10 nesting": push(`{"a":${"[".repeat(10_000)}${"]".repeat(10_000)}}`),
    "11 key twice": push('{"type":"healing.completed","healing_type":"a","healing_type":"b"}'),
    "12 __proto__": push('{"type":"healing.completed","healing_type":"a","__proto__":{"x":1}}'),
    "13 1e400": push('{"type":"healing.completed","healing_type":"a","metadata":{"x":1e400}}'),
    "13 -0": push('{"type":"healing.completed","healing_type":"a","metadata":{"x":-0}}'),
    "13 beyond 2^53": push('{"type":"healing.completed","healing_type":"a","metadata":{"x":9007199254740993}}'),
    "14 lone surrogate": push(JSON.stringify(sample).replace("{", '{"id":"\\ud800",')),
    "14 NUL": push(JSON.stringify(sample).replace("{", '{"id":"a\\u0000b",')),
    "14 direction mark": text({ id: "a\u202eb" }),
    "14 emoji": text({ id: "\u{1F600}" }),
    "16 specversion 0.3": push(
      JSON.stringify({ specversion: "0.3", id: "1", source: "s", type: "x", time: "2026-02-05T13:00:00Z", data: {} }),
    ),
    "17 unknown type": push('{"type":"healing.imagined"}'),
    "17 newer major": push("{}", { "ce-type": "io.kintsugi.healing.completed.v2" }),
    "18 no zone": text({ time: "2026-02-05T13:00:00" }),
    "18 year 1970": text({ time: "1970-01-01T00:00:00Z" }),
    "18 leap second": text({ time: "2016-12-31T23:59:60Z" }),
  };
};

test.for(
  consumers.flatMap((declaration) =>
    Object.entries(bad(samples[declaration.name]!)).map(([name, body]) => [`${declaration.name}: ${name}`, declaration, body] as const),
  ),
)("%s is kept with its reason, answered 2xx, and handled by nobody", async ([, declaration, body]) => {
  const { send, deadLetters, seen } = stage(declaration);
  expect((await send(body)).status).toBe(200);
  const reasons = await deadLetters();
  expect(reasons).toHaveLength(1);
  expect(reasons[0]!.length).toBeGreaterThan(5);
  expect(await seen()).toBe(0);
});

test.for(consumers)("$name takes the legal ones: attributes alone, every CloudEvents form, any delivery attempt", async (declaration) => {
  const { type, ...data } = samples[declaration.name] as { type: "healing.completed" };
  const wire = `io.kintsugi.${type}.v1`;
  const structured = { specversion: "1.0", id: "s", source: "x", type: wire, time: "2026-02-05T13:00:00Z", data };
  const { send, deadLetters, seen } = stage(declaration);
  const answers = [
    await send(push(JSON.stringify(data), { "ce-type": wire, "ce-id": "binary", "ce-source": "x" })),
    await send(push(JSON.stringify(structured)), { "ce-type": "google.cloud.pubsub.topic.v1.messagePublished" }),
    await send(JSON.stringify(data), { "ce-type": wire, "ce-id": "unwrapped", "ce-source": "x" }),
    await send(JSON.stringify([{ ...structured, id: "batch" }]), { "content-type": "application/cloudevents-batch+json" }),
    await send(push(JSON.stringify({ type, ...data, id: "attempt" }), {}, { deliveryAttempt: 77 })),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  expect(await deadLetters()).toEqual([]);
  expect(await seen()).toBe(5);
});

test.for(consumers)(
  "$name tells duplicates by source and id: repeated is dropped, another source is another event, other content is a conflict",
  async (declaration) => {
    const sample = samples[declaration.name]!;
    const { send, deadLetters, seen } = stage(declaration);
    await send(push(JSON.stringify({ ...sample, id: "one" })));
    await send(push(JSON.stringify({ ...sample, id: "one" })));
    expect([await seen(), await deadLetters()]).toEqual([1, []]);
    await send(push(JSON.stringify({ ...sample, id: "one", source: "other" })));
    expect([await seen(), await deadLetters()]).toEqual([2, []]);
    await send(push(JSON.stringify({ ...sample, id: "one", time: "2026-02-05T13:30:00Z" })));
    expect(await seen()).toBe(2);
    expect(await deadLetters()).toEqual([expect.stringContaining("other content")]);
  },
);

test("the notifier that hears of the resolution first posts once, as resolved, and drops what is older", async () => {
  const declaration = consumers.find(({ name }) => name === "slack-notifier")!;
  const { send, posts } = stage(declaration);
  const opened = samples["slack-notifier"]!;
  await send(
    push(
      JSON.stringify({
        ...opened,
        type: "incident.resolved",
        state: "resolved",
        revision: 2,
        resolved: "2026-02-05T13:30:00Z",
        change: "resolved",
        id: "second",
      }),
    ),
  );
  await send(push(JSON.stringify({ ...opened, id: "first" })));
  expect(posts).toHaveLength(1);
  expect(posts[0]).toContain("resolved");
});
