import type { Event } from "@kintsugi/events/event";
import { eventKey } from "@kintsugi/events/event";
import { expect, test } from "vitest";
import { decideWord, type HealingWord, isHealingWord, type WordDecision, type WordFacts } from "./decide-word.ts";
import type { Word } from "./heal-words.ts";

const time = "2026-02-05T20:00:00Z";
const at = Date.parse(time);
const said = { actor: "ann", reason: "why" };

function word(type: HealingWord["type"], data: object, id = "w1"): HealingWord {
  return { id, source: "user", type, time, data: { ...said, ...data } } as HealingWord;
}
const stored = (isPaused: boolean, atMs: number): Word => ({ isPaused, atMs, ...said, key: "k" });
const key = eventKey({ source: "user", id: "w1" });
const kept = { ...said, atMs: at, key };

const facts: WordFacts = {
  healers: [
    { name: "closing", mode: "propose" },
    { name: "opening", mode: "auto" },
  ],
  said: undefined,
  targets: ["batch_1", "batch_2"],
  proposed: ["batch_2"],
  nowMs: at,
};

test.for<[name: string, event: HealingWord, facts: Partial<WordFacts>, decision: WordDecision]>([
  ["a pause of all is stored", word("healing.paused", {}), {}, { action: "store", reason: "paused", word: { ...kept, isPaused: true } }],
  [
    "a pause of one until a time is stored with both",
    word("healing.paused", { healer: "closing", until: "2026-02-05T21:00:00Z" }),
    {},
    { action: "store", reason: "paused", word: { ...kept, healer: "closing", isPaused: true, untilMs: at + 3_600_000 } },
  ],
  [
    "a resumption is stored, also where nothing is paused: the pause may come later",
    word("healing.resumed", { healer: "closing" }),
    {},
    { action: "store", reason: "resumed", word: { ...kept, healer: "closing", isPaused: false } },
  ],
  [
    "what was stamped by a clock that has gone back since is replaced too",
    word("healing.resumed", {}),
    { said: stored(true, at + 3_600_000) },
    { action: "store", reason: "resumed", word: { ...kept, isPaused: false } },
  ],
  [
    "what replaces an older word is stored",
    word("healing.resumed", {}),
    { said: stored(true, at - 1) },
    { action: "store", reason: "resumed", word: { ...kept, isPaused: false } },
  ],
  [
    "what is older than the last word changes nothing",
    word("healing.resumed", {}),
    { said: stored(true, at + 1) },
    { action: "none", reason: "older-word" },
  ],
  [
    "a pause of the same instant counts",
    word("healing.paused", {}),
    { said: stored(false, at) },
    { action: "store", reason: "paused", word: { ...kept, isPaused: true } },
  ],
  [
    "a resumption of the same instant does not",
    word("healing.resumed", {}),
    { said: stored(true, at) },
    { action: "none", reason: "older-word" },
  ],
  [
    "a pause that has ended before it was said is refused",
    word("healing.paused", { until: "2026-02-05T19:00:00Z" }),
    {},
    { action: "refuse", reason: `a pause until 2026-02-05T19:00:00Z would have ended before it was said, ${time}` },
  ],
  [
    "a healer with a slip of the hand is refused with the nearest",
    word("healing.paused", { healer: "closng" }),
    {},
    { action: "refuse", reason: "there is no healer closng: did you mean closing?" },
  ],
  [
    "a healer like no other is refused with all",
    word("heal.released", { healer: "x", target: "batch_1" }),
    {},
    { action: "refuse", reason: "there is no healer x: there are closing, opening" },
  ],
  [
    "a target that is remembered is released",
    word("heal.released", { healer: "closing", target: "batch_1" }),
    {},
    { action: "release", reason: "released", target: "batch_1" },
  ],
  [
    "a target that nobody remembers is refused with the nearest",
    word("heal.released", { healer: "closing", target: "batch_3" }),
    {},
    { action: "refuse", reason: "closing remembers nothing of batch_3, so there is nothing to release: did you mean batch_1?" },
  ],
  [
    "where nothing is remembered, there is no nearest",
    word("heal.released", { healer: "closing", target: "batch_3" }),
    { targets: [] },
    { action: "refuse", reason: "closing remembers nothing of batch_3, so there is nothing to release" },
  ],
  [
    "an approval of what is proposed is kept for the next run",
    word("heal.approved", { healer: "closing", target: "batch_2" }),
    {},
    { action: "approve", reason: "approved", target: "batch_2" },
  ],
  [
    "an approval of what is not proposed is refused, and the nearest is named",
    word("heal.approved", { healer: "closing", target: "batch_1" }),
    {},
    { action: "refuse", reason: "closing proposes nothing for batch_1: did you mean batch_2?" },
  ],
  [
    "an approval for a healer that heals by itself is refused",
    word("heal.approved", { healer: "opening", target: "batch_2" }),
    {},
    { action: "refuse", reason: "nothing is proposed: opening heals by itself" },
  ],
  [
    "an approval for a healer that only records is refused",
    word("heal.approved", { healer: "opening", target: "batch_2" }),
    { healers: [{ name: "opening", mode: "shadow" }] },
    { action: "refuse", reason: "nothing is proposed: opening only records what it would do" },
  ],
  [
    "an undoing is refused",
    word("heal.undone", { healer: "closing", target: "batch_1" }),
    {},
    { action: "refuse", reason: "an act cannot be undone yet" },
  ],
])("%s", ([, event, change, decision]) => {
  expect(decideWord(event, { ...facts, ...change })).toEqual(decision);
});

test("words for others are none of the healers' business", () => {
  expect(isHealingWord(word("healing.paused", {}))).toBe(true);
  expect(isHealingWord({ id: "m", source: "user", type: "mode.set", time, data: { ...said, mode: "normal" } } satisfies Event)).toBe(false);
});
