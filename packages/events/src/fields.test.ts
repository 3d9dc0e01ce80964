import { expect, test } from "vitest";
import { Count, Id, Time } from "./fields.ts";

test.for<[id: string]>([
  ["batch_2026-02-05_1770320704"],
  ["canary:raw.boxscores"],
  ["prediction_batches/b 1"],
  ["Müller-Ångström"],
  ["東京"],
  ["a<b>=c$|^`"],
  ["x".repeat(512)],
])("%j is an id", ([id]) => {
  expect(Id.safeParse(id).success).toBe(true);
});

test.for<[name: string, id: unknown]>([
  ["nothing", ""],
  ["too long", "x".repeat(513)],
  ["a line break", "a\nb"],
  ["a NUL", "a\u0000b"],
  ["a direction mark", "a\u202eb"],
  ["a zero-width space", "a\u200bb"],
  ["an emoji", "a\u{1F600}"],
  ["half a surrogate pair", "a\ud800"],
  ["a number", 7],
])("what would not read the same everywhere is no id: %s", ([, id]) => {
  expect(Id.safeParse(id).success).toBe(false);
});

test.for<[text: string, ok: boolean]>([
  ["2026-02-05T20:15:00Z", true],
  ["2026-02-05T20:15:00.123456Z", true],
  ["2026-02-05T15:15:00-05:00", true],
  ["2026-02-05T20:15:00", false],
  ["2026-02-05", false],
  ["2026-02-30T20:15:00Z", false],
  ["now", false],
])("%j as a time: %s", ([text, ok]) => {
  expect(Time.safeParse(text).success).toBe(ok);
});

test.for<[count: number, ok: boolean]>([
  [0, true],
  [315, true],
  [-1, false],
  [1.5, false],
  [Number.NaN, false],
  [2 ** 53, false],
])("%d as a count: %s", ([count, ok]) => {
  expect(Count.safeParse(count).success).toBe(ok);
});
