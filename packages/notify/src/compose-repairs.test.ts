import type { RepairsRecorded } from "@kintsugi/events/alerts";
import { expect, test } from "vitest";
import { composeRepairs } from "./compose-repairs.ts";

const repairs = Array.from({ length: 12 }, (_, index) => ({
  time: `2026-02-05T14:${10 + index}:00Z`,
  target: `batch_${index + 1}`,
  cause: "player_injury_out",
  text: "119 done + 17 skipped of 136",
}));
const recorded: RepairsRecorded = {
  healer: "closing",
  day: "2026-02-05",
  revision: 3,
  count: 3,
  last_hour: 2,
  last_24_hours: 3,
  repairs: [],
};
const compose = (change: Partial<RepairsRecorded>) =>
  composeRepairs({ ...recorded, ...change }, { pipeline: "nba", timezone: "America/New_York" });

test("the headline counts the day, the last hour and 24 hours", () => {
  expect(compose({}).headline).toBe("closing repaired 3 times on 2026-02-05 (2 in the last hour, 3 in 24 h), each proved");
});

test("one repair was made once", () => {
  expect(compose({ count: 1, last_hour: 1, last_24_hours: 1 }).headline).toContain("repaired once on 2026-02-05 (1 in the last hour");
});

test("each repair is listed with its local time, target, words and cause", () => {
  expect(compose({ repairs: repairs.slice(0, 1), count: 1 }).facts).toEqual([
    "09:10 batch_1: 119 done + 17 skipped of 136 (cause: player_injury_out)",
  ]);
});

test("of many the last ten are listed, and the others counted", () => {
  const { facts } = compose({ repairs, count: 25 });
  expect(facts).toHaveLength(11);
  expect(facts.join("\n")).toContain("15 more");
  expect(facts.join("\n")).not.toContain("batch_2:");
  expect(facts.at(-1)).toContain("batch_12");
});

test("it asks for nothing and calls nobody", () => {
  expect(compose({ repairs })).toMatchObject({ steps: [], actions: [], mention: false, tone: "good" });
});

test("text of others stays on its line and keeps no secret", () => {
  const repair = { time: "2026-02-05T14:10:00Z", target: "a\nb", cause: "token=abcdefgh", text: "x\u001by" };
  expect(compose({ count: 1, repairs: [repair] }).facts).toEqual(["09:10 a b: x y (cause: token=****)"]);
});
