import { expect, test } from "vitest";
import { shorten } from "./shorten.ts";

test.for<[name: string, text: string, max: number, expected: string]>([
  ["text that is short enough stays", "abc", 3, "abc"],
  ["longer text is cut", "abcd", 3, "abc"],
  ["a pair is not cut in its middle", "ab🤕", 3, "ab"],
  ["a pair that fits stays", "ab🤕c", 4, "ab🤕"],
  ["a cut after a pair is no cut in one", "🤕🤕", 2, "🤕"],
  ["nothing at all", "🤕", 0, ""],
])("%s", ([, text, max, expected]) => {
  expect(shorten(text, max)).toBe(expected);
});
