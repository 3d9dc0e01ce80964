import { expect, test } from "vitest";
import { pauseOf, sayPause, type Word } from "./heal-words.ts";

const hour = 3_600_000;
const at = Date.parse("2026-02-05T20:00:00Z");

function word(isPaused: boolean, afterHours: number, change: Partial<Word> = {}): Word {
  return { isPaused, atMs: at + afterHours * hour, actor: "ann", reason: "", key: "k", ...change };
}
const pause = (afterHours: number, change: Partial<Word> = {}): Word => word(true, afterHours, change);
const resume = (afterHours: number): Word => word(false, afterHours);
const until = (afterHours: number): Partial<Word> => ({ untilMs: at + afterHours * hour });

test.for<[name: string, said: readonly Word[], nowHours: number, pausedBy: number | undefined]>([
  ["nothing was said", [], 1, undefined],
  ["a pause holds", [pause(0)], 100, 0],
  ["a pause holds until it ends", [pause(0, until(2))], 1.99, 0],
  ["a pause ends by itself", [pause(0, until(2))], 2, undefined],
  ["a resumption of one ends a pause of all", [pause(0), resume(1)], 2, undefined],
  ["a resumption of all ends a pause of one, in whatever order they are read", [resume(1), pause(0)], 2, undefined],
  ["a later pause counts", [resume(0), pause(1)], 2, 1],
  ["where the later pause has ended, the earlier one holds", [pause(0), pause(1, until(2))], 3, 0],
  ["where the later pause has ended, the earlier resumption holds", [resume(0), pause(1, until(2))], 3, undefined],
  ["of two words of one instant the pause counts", [resume(0), pause(0)], 1, 0],
])("%s", ([, said, nowHours, pausedBy]) => {
  const found = pauseOf(said, at + nowHours * hour);
  expect(found?.atMs).toBe(pausedBy === undefined ? undefined : at + pausedBy * hour);
});

test.for<[word: Partial<Word>, text: string]>([
  [{}, "paused by ann"],
  [{ reason: "a migration" }, "paused by ann: a migration"],
  [{ reason: "a migration", ...until(1) }, "paused by ann until 2026-02-05 21:00 UTC: a migration"],
])("a pause says who, until when and why", ([change, text]) => {
  expect(sayPause({ ...pause(0, change), isPaused: true })).toBe(text);
});
