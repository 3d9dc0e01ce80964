import { expect, test } from "vitest";
import { derivedId, eventKey, type Event } from "./event.ts";
import { fillData } from "./fill.ts";
import { isTopic } from "./topics.ts";
import { toMessage, typeFromWire, wireType } from "./wire.ts";

test("a type on the wire carries its owner and its version", () => {
  expect(wireType("healing.completed")).toBe("io.kintsugi.healing.completed.v1");
  expect(wireType("message.dead_lettered")).toBe("io.kintsugi.message.dead_lettered.v1");
});

test.for<[name: string, type: string | undefined]>([
  ["io.kintsugi.healing.completed.v1", "healing.completed"],
  ["healing.completed", "healing.completed"],
  ["io.kintsugi.healing.completed.v2", undefined],
  ["io.kintsugi.healing.completed", undefined],
  ["healing.completed.v1", undefined],
  ["com.example.healing.completed.v1", undefined],
  ["io.kintsugi..v1", undefined],
  ["toString", undefined],
  ["", undefined],
])("the name %j is read as %s", ([name, type]) => {
  expect(typeFromWire(name)).toBe(type);
});

const event: Event = {
  id: "m1",
  source: "cli",
  type: "mode.set",
  subject: "pipeline",
  time: "2026-02-05T20:00:00.000Z",
  data: { actor: "éve", reason: "", mode: "maintenance" },
};

test("a message has CloudEvents' attributes where filters see them, and its data as JSON in UTF-8", () => {
  const message = toMessage(event);
  expect({ ...message, data: Buffer.from(message.data).toString("utf8") }).toEqual({
    topic: "operator",
    attributes: {
      "ce-specversion": "1.0",
      "ce-id": "m1",
      "ce-source": "cli",
      "ce-type": "io.kintsugi.mode.set.v1",
      "ce-time": "2026-02-05T20:00:00.000Z",
      "ce-subject": "pipeline",
      "content-type": "application/json",
    },
    data: '{"actor":"éve","reason":"","mode":"maintenance"}',
  });
});

test("an event about nothing in particular has no subject", () => {
  const { subject: _subject, ...rest } = event;
  expect(toMessage(rest as Event).attributes).not.toHaveProperty("ce-subject");
});

test("what is too long for an attribute is cut there between two characters, and stands whole in a structured event", () => {
  const subject = "é".repeat(511) + "試試";
  const { attributes, data } = toMessage({ ...event, subject });
  expect(attributes["ce-subject"]).toBe("é".repeat(511));
  expect(Object.values(attributes).every((value) => Buffer.byteLength(value) <= 1_024)).toBe(true);
  expect(JSON.parse(Buffer.from(data).toString())).toEqual({ specversion: "1.0", ...event, type: "io.kintsugi.mode.set.v1", subject });
});

test("an attribute of just as many bytes as it may have is not cut", () => {
  const subject = "é".repeat(512);
  expect(toMessage({ ...event, subject })).toMatchObject({ attributes: { "ce-subject": subject, "content-type": "application/json" } });
});

test("one cause gives one id, 32 hex digits long; another cause another", () => {
  // By hand: printf 'canary\n2026-02-05' | sha256sum
  expect(derivedId("canary", "2026-02-05")).toBe("fdfe2718a6f8a489795c2a3a41aaf988");
  expect(derivedId("canary", "2026-02-06")).not.toBe(derivedId("canary", "2026-02-05"));
});

test("the same id of another source is another event", () => {
  expect(eventKey({ source: "a", id: "1" })).not.toBe(eventKey({ source: "b", id: "1" }));
  expect(eventKey({ source: "a", id: "1" })).toBe(eventKey({ source: "a", id: "1" }));
});

const envelope = { id: "t1", source: "worker", time: "2026-02-05T20:15:00Z" };

test("what a sender leaves out of a healing is taken from its envelope", () => {
  const filled = fillData("healing.completed", { healing_type: "retry" }, envelope);
  expect(filled).toEqual({
    healing_id: expect.stringMatching(/^heal_[0-9a-f]{12}$/),
    timestamp: "2026-02-05T20:15:00Z",
    target: "t1",
    success: true,
    healing_type: "retry",
  });
});

test.for<[outcome: string, success: boolean]>([
  ["effective", true],
  ["ineffective", false],
  ["refused", false],
])("an outcome %s that says nothing of success means %s", ([outcome, success]) => {
  expect(fillData("healing.completed", { outcome }, envelope)).toMatchObject({ success });
});

test("what a sender gives stays, though it may be wrong", () => {
  const given = { healing_id: "mine", target: "batch_1", timestamp: "2026-01-01T00:00:00Z", outcome: "ineffective", success: true };
  expect(fillData("healing.completed", given, envelope)).toEqual(given);
});

test("nothing is filled into other events", () => {
  expect(fillData("mode.set", { mode: "normal" }, envelope)).toEqual({ mode: "normal" });
});

test("a topic is one of the nine", () => {
  expect(isTopic("dead-letter")).toBe(true);
  expect(isTopic("dead-letters")).toBe(false);
  expect(isTopic("toString")).toBe(false);
});

test("half of a surrogate pair, as a cut may leave it, goes out as a replacement character", () => {
  const cut = { ...event, data: { actor: "eve", reason: "out 🤕".slice(0, 5), mode: "maintenance" } } as Event;
  expect(JSON.parse(Buffer.from(toMessage(cut).data).toString())).toMatchObject({ reason: "out \uFFFD" });
});
