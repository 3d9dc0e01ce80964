import { expect, test } from "vitest";
import { playStory } from "./support/play-story.ts";

test.for(["01-yellow-pattern.yaml", "06-the-founding-case.yaml", "a3-mended-data-call-nobody.yaml", "a7-forty-at-once.yaml"])(
  "%s holds whatever the bus does",
  async (name) => {
    for (const chaos of ["redeliver", "reorder", "storm"] as const)
      expect((await playStory(name, chaos)).told).toContain("1 held, 0 failed");
  },
);

test("a story that does not hold says what was wanted and what was seen", async () => {
  const { code, told } = await playStory("../failing/wrong-severity.yaml");
  expect(code).toBe(1);
  expect(told).toMatch(/severity[\s\S]*expected {2}critical[\s\S]*seen {6}yellow[\s\S]*--trace/);
});
