import { expect, test } from "vitest";
import { fit } from "./fit.ts";

const halve = (text: string): string => text.slice(0, text.length / 2);

test.for<[name: string, text: string, maxBytes: number, expected: string]>([
  ["what fits stays as it is", "abcdef", 8, "abcdef"],
  ["one step, where one is enough", "abcdef", 7, "abc"],
  ["it looks again after each step", "abcdef", 4, "a"],
  ["bytes count, not characters", "éééé", 8, "éé"],
  ["after the last step it stays, whatever its size", "abcdef", 1, "a"],
])("%s", ([, text, maxBytes, expected]) => {
  expect(fit(text, [halve, halve], maxBytes)).toBe(expected);
});
