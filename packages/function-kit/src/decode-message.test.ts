import type { Event } from "@kintsugi/events/event";
import { toMessage } from "@kintsugi/events/wire";
import { expect, test } from "vitest";
import { decodeMessage, MAX_BYTES, type RawMessage } from "./decode-message.ts";

const now = Date.parse("2026-02-05T14:00:00Z");
const heal = { type: "healing.completed", healing_type: "retry", id: "h1" };

function message(data: string | Uint8Array | object, attributes: Record<string, string> = {}): RawMessage {
  const bytes = data instanceof Uint8Array ? data : Buffer.from(typeof data === "string" ? data : JSON.stringify(data));
  return { topic: "healing", messageId: "m1", attributes, data: bytes, publishedMs: now };
}

test.for<[name: string, given: RawMessage, reason: RegExp]>([
  ["nothing at all", message(""), /is empty/],
  ["text that is no JSON", message("not json"), /is not JSON/],
  ["a JSON array", message("[1]"), /no object/],
  ["null", message("null"), /no object/],
  ["a number", message("7"), /no object/],
  ["bytes that are no UTF-8", message(Uint8Array.of(0x7b, 0xff, 0x7d)), /not UTF-8/],
  ["a byte order mark", message(Buffer.from("\u{FEFF}{}")), /byte order mark/],
  ["gzip claimed as JSON", message(Uint8Array.of(0x1f, 0x8b, 8, 0)), /not UTF-8/],
  ["more than it may hold", message({ ...heal, trigger_reason: "x".repeat(MAX_BYTES) }), /too large/],
  ["10,000 levels", message(`{"type":"healing.completed","metadata":${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}}`), /nested deeper/],
  ["a key twice", message('{"type":"healing.completed","healing_type":"a","healing_type":"b"}'), /healing_type twice/],
  ["__proto__", message('{"type":"healing.completed","healing_type":"a","metadata":{"__proto__":{"x":1}}}'), /__proto__/],
  ["constructor", message('{"type":"healing.completed","healing_type":"a","metadata":{"constructor":1}}'), /constructor/],
  ["1e400", message('{"type":"healing.completed","healing_type":"a","duration_seconds":1e400}'), /too large/],
  ["-0", message('{"type":"healing.completed","healing_type":"a","duration_seconds":-0}'), /-0/],
  ["NaN as text", message({ ...heal, duration_seconds: "NaN" }), /duration_seconds/],
  [
    "digits beyond a double",
    message('{"type":"healing.completed","healing_type":"a","metadata":{"game":12345678901234567890}}'),
    /lose digits/,
  ],
  ["an id beyond 2^53", message('{"type":"healing.completed","healing_type":"a","metadata":{"game":9007199254740993}}'), /lose digits/],
  ["half a surrogate pair", message('{"type":"healing.completed","healing_type":"a","target":"\\ud800"}'), /surrogate/],
  ["a NUL", message('{"type":"healing.completed","healing_type":"a","target":"a\\u0000b"}'), /NUL/],
  ["a direction mark in an id", message({ ...heal, target: "a\u202eb" }), /target/],
  ["an emoji in an id", message({ ...heal, id: "x\u{1F600}" }), /character/],
  [
    "specversion 0.3",
    message({ specversion: "0.3", id: "1", source: "s", type: "healing.completed", time: "2026-02-05T14:00:00Z", data: {} }),
    /specversion/,
  ],
  ["an unknown type", message({ type: "healing.imagined" }), /unknown type/],
  ["a newer major version", message({ healing_type: "a" }, { "ce-type": "io.kintsugi.healing.completed.v2" }), /unknown type/],
  ["no type", message({ healing_type: "a" }), /no type/],
  ["another topic's event", message({ type: "mode.set", mode: "normal" }), /does not belong/],
  [
    "a CloudEvent without time",
    message({ specversion: "1.0", id: "1", source: "s", type: "healing.completed", data: { healing_type: "a" } }),
    /no time/,
  ],
  ["a time without a zone", message({ ...heal, time: "2026-02-05T14:00:00" }), /time/],
  ["the year 1970", message({ ...heal, time: "1970-01-01T00:00:00Z" }), /five years back/],
  ["a leap second", message({ ...heal, time: "2016-12-31T23:59:60Z" }), /time/],
  ["a success that contradicts its outcome", message({ ...heal, outcome: "errored", success: true }), /success/],
  ["an attempt below one", message({ ...heal, attempt: 0 }), /attempt/],
])("refuses %s", ([, given, reason]) => {
  expect(decodeMessage(given, now)).toEqual({ reason: expect.stringMatching(reason) as string });
});

test("an event of the bus's own day is none of the future, however far our clock is behind", () => {
  const given = message({ ...heal, time: "2026-02-05T14:00:00Z" });
  expect(decodeMessage(given, now - 48 * 3_600_000)).toHaveProperty("event");
  expect(decodeMessage(given, now - 48 * 3_600_000)).not.toHaveProperty("ahead");
});

test.for<[name: string, given: RawMessage]>([
  ["a user's flat form", message(heal)],
  [
    "CloudEvents binary mode",
    message({ healing_type: "retry" }, { "ce-type": "io.kintsugi.healing.completed.v1", "ce-id": "h1", "ce-specversion": "1.0" }),
  ],
  ["attributes alone", message("", { "ce-type": "healing.completed", "ce-id": "h1", healing_type: "retry" })],
  [
    "a structured CloudEvent",
    message({
      specversion: "1.0",
      id: "h1",
      source: "user",
      type: "io.kintsugi.healing.completed.v1",
      time: "2026-02-05T14:00:00Z",
      data: { healing_type: "retry" },
    }),
  ],
])("reads %s and fills what was left out", ([, given]) => {
  const decoded = decodeMessage(given, now);
  if (!("event" in decoded)) throw new Error(decoded.reason);
  const { healing_id, ...data } = decoded.event.data as Record<string, unknown>;
  expect(healing_id).toMatch(/^heal_[0-9a-f]{12}$/);
  expect({ ...decoded.event, data }).toMatchObject({
    id: "h1",
    source: "user",
    type: "healing.completed",
    time: "2026-02-05T14:00:00.000Z",
    data: {
      healing_type: "retry",
      target: "h1",
      outcome: "effective",
      success: true,
      attempt: 1,
      mode: "auto",
      cause: { code: "unknown" },
    },
  });
});

test.for(["9999-12-31T00:00:00Z", "2026-02-06T20:00:00Z", "2026-02-05T14:05:01Z"])(
  "an event of %s is recorded as of its receipt, and said",
  (time) => {
    const decoded = decodeMessage(message({ ...heal, time }), now + 60_000);
    const ahead = `time ${new Date(time).toISOString()}`;
    expect(decoded).toMatchObject({ event: { time: "2026-02-05T14:00:00.000Z", data: { timestamp: "2026-02-05T14:00:00.000Z" } } });
    expect("ahead" in decoded && decoded.ahead).toContain(ahead);
  },
);

test.for([2 ** 53, 1e16, 2 ** 70, -(2 ** 60)])("the number %d as JSON writes it loses nothing, and is read", (size) => {
  const decoded = decodeMessage(message({ ...heal, metadata: { size } }), now);
  expect("event" in decoded && decoded.event.data).toMatchObject({ metadata: { size } });
});

test("an event that is too long for attributes arrives as it was", () => {
  const target = "試".repeat(400);
  const event = { id: target, source: "user", type: "healing.completed", subject: target, time: "2026-02-05T14:00:00.000Z" } as const;
  const sent = toMessage({ ...event, data: { healing_type: "retry", target } } as unknown as Event);
  const decoded = decodeMessage({ ...sent, messageId: "m1", publishedMs: now }, now);
  expect("event" in decoded && decoded.event).toMatchObject({ ...event, data: { target } });
});

test("a repeated message has the digest of the first, whenever it comes", () => {
  const first = decodeMessage(message(heal), now);
  const second = decodeMessage({ ...message(heal), messageId: "m2", publishedMs: now + 5_000 }, now + 5_000);
  const other = decodeMessage(message({ ...heal, healing_type: "other" }), now);
  expect("digest" in first && "digest" in second && first.digest === second.digest).toBe(true);
  expect("digest" in first && "digest" in other && first.digest !== other.digest).toBe(true);
});

test("secrets in an event are hidden before anybody sees it", () => {
  const decoded = decodeMessage(message({ ...heal, trigger_reason: "call failed with Bearer abcdefgh12345678" }), now);
  expect(JSON.stringify(decoded)).not.toContain("abcdefgh12345678");
});
