import type { Event } from "@kintsugi/events/event";
import { expect, test } from "vitest";
import { decideWord, type GateWord, isGateWord } from "./decide-word.ts";
import { type GateWords, overrideAt, waiversAt } from "./gate-words.ts";

const gates = ["raw-to-clean", "clean-to-marts"];
const nothing: GateWords = { gate: "raw-to-clean", overrides: [], waivers: [] };
const at = (time: string): number => Date.parse(`2026-11-24T${time}:00Z`);

function word(type: GateWord["type"], time: string, data: object = {}): GateWord {
  const said = { gate: "raw-to-clean", actor: "ann", reason: "checked", ...(type === "gate.waived" ? { entity: "b" } : {}), ...data };
  return {
    type,
    id: `${type} ${time} ${JSON.stringify(data)}`,
    source: "/cli",
    time: `2026-11-24T${time}:00Z`,
    data: said,
  } as unknown as GateWord;
}
/** What is stored after several words, in the order in which they came. */
function after(...words: readonly GateWord[]): GateWords {
  return words.reduce((stored, next) => {
    const decision = decideWord(next, { words: stored, gates, nowMs: at("12:00") });
    return decision.action === "store" ? decision.words : stored;
  }, nothing);
}
const until = (time: string) => ({ until: `2026-11-24T${time}:00Z` });
const day = { day: "2026-11-23" };

test.for<[name: string, event: GateWord, stored: GateWords, decision: object]>([
  ["an override is stored", word("gate.overridden", "08:00", day), nothing, { action: "store", reason: "overridden" }],
  ["a waiver is stored", word("gate.waived", "08:00"), nothing, { action: "store", reason: "waived" }],
  [
    "a gate that does not exist: the nearest is named",
    word("gate.waived", "08:00", { gate: "raw-to-claen" }),
    nothing,
    { action: "refuse", reason: "there is no gate raw-to-claen; did you mean raw-to-clean?" },
  ],
  [
    "a gate like no other: those that exist are named",
    word("gate.overridden", "08:00", { gate: "xyz" }),
    nothing,
    { action: "refuse", reason: "there is no gate xyz; there are raw-to-clean, clean-to-marts" },
  ],
  [
    "what would have ended before it was said",
    word("gate.overridden", "08:00", until("08:00")),
    nothing,
    { action: "refuse", reason: "what holds until 2026-11-24T08:00:00Z would have ended before it was said, 2026-11-24T08:00:00Z" },
  ],
  [
    "an older word of the same day",
    word("gate.overridden", "08:00", day),
    after(word("gate.overridden", "09:00", day)),
    { action: "none", reason: "older-word" },
  ],
  ["an older word of another day", word("gate.overridden", "08:00"), after(word("gate.overridden", "09:00", day)), { action: "store" }],
  [
    "a word that was stamped by a clock which has gone back since is not later",
    word("gate.overridden", "08:00", day),
    after(word("gate.overridden", "11:00", day)),
    { action: "store", words: { overrides: [{ atMs: at("08:00") }] } },
  ],
  [
    "a word that claims to be of later is of now",
    word("gate.overridden", "09:04", day),
    nothing,
    { action: "store", words: { overrides: [{ atMs: at("09:00") }] } },
  ],
  ["an older word of the same entity", word("gate.waived", "08:00"), after(word("gate.waived", "09:00")), { action: "none" }],
])("%s", ([, event, stored, decision]) => {
  expect(decideWord(event, { words: stored, gates, nowMs: at("09:00") })).toMatchObject(decision);
});

test.for<[name: string, words: readonly GateWord[], time: string, reason: string | undefined]>([
  ["nobody said anything", [], "10:00", undefined],
  ["the day's own", [word("gate.overridden", "08:00", day)], "10:00", "checked"],
  ["that of all days", [word("gate.overridden", "08:00")], "10:00", "checked"],
  ["that of another day", [word("gate.overridden", "08:00", { day: "2026-11-22" })], "10:00", undefined],
  ["one that has ended", [word("gate.overridden", "08:00", { ...day, ...until("10:00") })], "10:00", undefined],
  ["one that has not ended", [word("gate.overridden", "08:00", { ...day, ...until("10:01") })], "10:00", "checked"],
  [
    "the last word, whichever came first",
    [word("gate.overridden", "09:00", { ...day, reason: "late" }), word("gate.overridden", "08:00", { ...day, reason: "early" })],
    "10:00",
    "late",
  ],
  [
    "a last word that has ended replaces the one before",
    [word("gate.overridden", "08:00", day), word("gate.overridden", "09:00", { ...day, ...until("09:30") })],
    "10:00",
    undefined,
  ],
])("the override of a day: %s", ([, words, time, reason]) => {
  expect(overrideAt(after(...words), "2026-11-23", at(time))?.reason).toBe(reason);
});

test("a waiver holds until it ends, and what has ended is forgotten with the next word", () => {
  const words = after(word("gate.waived", "08:00", { entity: "a", ...until("09:00") }), word("gate.waived", "10:00", { entity: "b" }));
  expect(words.waivers.map(({ entity }) => entity)).toEqual(["b"]);
  expect(waiversAt(words, at("11:00"))).toMatchObject([{ entity: "b", actor: "ann", reason: "checked" }]);
});

test("other words are not for a gate", () => {
  expect(isGateWord({ type: "mode.set" } as Event)).toBe(false);
});
