import { expect, test } from "vitest";
import { parseDuration, parseInstant, parseNow, parseTime, resolveNow } from "./times.ts";

const minute = 60_000;
const hour = 60 * minute;
const startMs = Date.parse("2026-02-05T14:00:00Z");
const nowMs = startMs + 30 * minute;

test.for<[text: string, ms: number | undefined]>([
  ["90s", 90_000],
  ["15m", 15 * minute],
  ["1h30m", 90 * minute],
  ["7d", 168 * hour],
  ["250ms", 250],
  ["1.5h", 90 * minute],
  ["", undefined],
  ["5", undefined],
  ["-5m", undefined],
  ["5 m", undefined],
  ["5 minutes", undefined],
])("the duration %j is %s ms", ([text, ms]) => {
  expect(parseDuration(text)).toBe(ms);
});

test.for<[text: string, iso: string | undefined]>([
  ["2026-02-05T14:00:00Z", "2026-02-05T14:00:00.000Z"],
  ["2026-02-05T14:00:00", "2026-02-05T14:00:00.000Z"],
  ["2026-02-05T14:00", "2026-02-05T14:00:00.000Z"],
  ["2026-02-05T14:00:00-05:00", "2026-02-05T19:00:00.000Z"],
  ["2026-02-05", "2026-02-05T00:00:00.000Z"],
  ["2026-02-31T25:00:00Z", undefined],
  ["5 Feb 2026", undefined],
  ["14:05", undefined],
])("the instant %j is %s, in UTC unless it carries an offset", ([text, iso]) => {
  expect(parseInstant(text)).toBe(iso === undefined ? undefined : Date.parse(iso));
});

test.for<[text: string, iso: string | undefined]>([
  ["14:05", "2026-02-05T14:05:00Z"],
  ["9:30", "2026-02-05T09:30:00Z"],
  ["14:05:30", "2026-02-05T14:05:30Z"],
  ["00:00", "2026-02-05T00:00:00Z"],
  ["+5m", "2026-02-05T14:05:00Z"],
  ["+7d", "2026-02-12T14:00:00Z"],
  ["now", "2026-02-05T14:30:00Z"],
  ["now-20m", "2026-02-05T14:10:00Z"],
  ["now+1h", "2026-02-05T15:30:00Z"],
  ["2026-02-06T00:00:00Z", "2026-02-06T00:00:00Z"],
  ["24:00", undefined],
  ["14:60", undefined],
  ["+soon", undefined],
  ["now-", undefined],
  ["tomorrow", undefined],
  ["end", undefined],
])("the time %j is %s", ([text, iso]) => {
  expect(parseTime(text, { startMs, nowMs })).toBe(iso === undefined ? undefined : Date.parse(iso));
});

test("a word that begins like now is no time", () => {
  expect(parseNow("nowhere", nowMs)).toBeUndefined();
});

test("now is resolved wherever it stands as a value, and nowhere else", () => {
  const given = { created_at: "now-40m", list: ["now", 5, null], text: "now and then", now: { deep: "now+1h" } };
  expect(resolveNow(given, nowMs)).toEqual({
    created_at: "2026-02-05T13:50:00.000Z",
    list: ["2026-02-05T14:30:00.000Z", 5, null],
    text: "now and then",
    now: { deep: "2026-02-05T15:30:00.000Z" },
  });
});
