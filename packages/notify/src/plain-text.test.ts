import { expect, test } from "vitest";
import { plainText } from "./plain-text.ts";

const message = {
  tone: "red",
  headline: "red: raw fails",
  facts: ["games: 7 of 11", "missing b"],
  steps: ["look"],
  notes: ["pipeline nba", "k"],
} as const;

test("the headline comes first, then the facts, the next step and the small print", () => {
  expect(plainText(message).split("\n")).toEqual([
    "🔴 red: raw fails",
    "• games: 7 of 11",
    "• missing b",
    "next: look",
    "pipeline nba · k",
  ]);
});

test("several steps are numbered", () => {
  expect(plainText({ ...message, steps: ["look", "mend"] })).toContain("\n1. look\n2. mend\n");
});

test("what there is nothing of takes no line", () => {
  expect(plainText({ ...message, tone: "good", facts: [], steps: [], notes: [] })).toBe("✅ red: raw fails");
});
