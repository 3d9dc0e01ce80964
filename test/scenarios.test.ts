import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { playStory, storiesFolder } from "./support/play-story.ts";

const stories = readdirSync(storiesFolder).filter((name) => /^(?:\d\d|[a-z]\d)-/.test(name));

test("there are stories to play", () => {
  expect(stories.length).toBeGreaterThanOrEqual(12);
});

test.for(stories)("%s holds", async (name) => {
  const { code, told } = await playStory(name);
  expect(told).toContain("1 held, 0 failed");
  expect(code).toBe(0);
});
