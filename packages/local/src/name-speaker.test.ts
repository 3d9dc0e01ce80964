import type { Message } from "@kintsugi/ports/bus";
import { expect, test } from "vitest";
import { nameSpeaker } from "./name-speaker.ts";

const caller = { id: "eve" };
const word = { type: "gate.overridden", gate: "g", reason: "checked" };
const message = (data: unknown, attributes: Record<string, string> = {}, topic = "operator"): Message => ({
  topic,
  attributes,
  data: typeof data === "string" ? Buffer.from(data) : Buffer.from(JSON.stringify(data)),
});
const bodyOf = ({ data }: Message): unknown => JSON.parse(Buffer.from(data).toString());
const { type: _type, ...fields } = word;
const wire = { specversion: "1.0", id: "1", source: "user", type: "io.kintsugi.gate.waived.v1", time: "2026-02-05T14:00:00Z" };

test.for<[name: string, given: Message, body: object]>([
  ["no name", message(word), { ...word, actor: "eve" }],
  ["the own name", message({ ...word, actor: "eve" }), { ...word, actor: "eve" }],
  ["another name", message({ ...word, actor: "ann" }), { ...word, actor: "eve", claimed: "ann" }],
  ["a claim of its own", message({ ...word, claimed: "bob" }), { ...word, actor: "eve" }],
  ["a waiver", message({ type: "gate.waived", actor: "ann" }), { type: "gate.waived", actor: "eve", claimed: "ann" }],
  ["binary mode", message({ ...fields, actor: "ann" }, { "ce-type": wire.type }), { ...fields, actor: "eve", claimed: "ann" }],
  ["a structured event", message({ ...wire, data: { actor: "ann" } }), { ...wire, data: { actor: "eve", claimed: "ann" } }],
  ["a structured event without data", message(wire), { ...wire, data: { actor: "eve" } }],
  ["an actor that is no name", message({ ...word, actor: 7 }), { ...word, actor: 7 }],
])("a word about a gate is said by who calls: %s", ([, given, body]) => {
  expect(bodyOf(nameSpeaker(given, caller))).toEqual(body);
});

test("so is one that stands in attributes alone", () => {
  const attributes = { "ce-type": "gate.overridden", gate: "g", actor: "ann" };
  expect(nameSpeaker(message("", attributes), caller).attributes).toEqual({ ...attributes, actor: "eve", claimed: "ann" });
});

test.for<[name: string, given: Message]>([
  ["another word", message({ type: "mode.set", mode: "maintenance", actor: "ann" })],
  ["another topic", message({ ...word, actor: "ann" }, {}, "healing")],
  ["no type", message({ actor: "ann" })],
  ["an attribute says another type", message({ ...word, actor: "ann" }, { "ce-type": "mode.set" })],
  ["no JSON", message('{"type":"gate.overridden"')],
  ["a list", message([word])],
  ["data that is no object", message({ ...wire, data: "x" })],
  ["bytes that are no text", { ...message(""), data: Uint8Array.from([0xff, 0xfe]) }],
  ["a byte order mark", message(`\u{FEFF}${JSON.stringify(word)}`)],
])("a message stays as it came: %s", ([, given]) => {
  expect(nameSpeaker(given, caller)).toBe(given);
});
