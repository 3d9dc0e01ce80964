import { expect, test } from "vitest";
import { businessDay, dayBefore, endOfDay } from "./business-day.ts";

test.for<[name: string, at: string, zone: string, day: string]>([
  ["an evening in New York is not yet the day of UTC", "2026-02-10T00:30:00Z", "America/New_York", "2026-02-09"],
  ["midnight in New York", "2026-02-10T05:00:00Z", "America/New_York", "2026-02-10"],
  ["a moment before it", "2026-02-10T04:59:59.999Z", "America/New_York", "2026-02-09"],
  ["an evening in UTC is the next day in Tokyo", "2026-02-09T15:00:00Z", "Asia/Tokyo", "2026-02-10"],
  ["UTC", "2026-02-10T00:00:00Z", "UTC", "2026-02-10"],
  ["a zone of half an hour", "2026-02-09T18:30:00Z", "Asia/Kolkata", "2026-02-10"],
])("%s", ([, at, zone, day]) => {
  expect(businessDay(Date.parse(at), zone)).toBe(day);
});

test.for<[name: string, at: string, days: number, day: string]>([
  ["today", "2026-02-10T12:00:00Z", 0, "2026-02-10"],
  ["over a new year", "2026-01-01T12:00:00Z", 1, "2025-12-31"],
  ["over a leap day", "2028-03-01T12:00:00Z", 1, "2028-02-29"],
  ["just after midnight of the day the clocks go forward", "2026-03-08T05:30:00Z", 1, "2026-03-07"],
  ["the day after it, when 24 hours before is the day before that", "2026-03-09T04:30:00Z", 1, "2026-03-08"],
  ["in the hour that comes twice", "2026-11-01T06:30:00Z", 1, "2026-10-31"],
])("days are counted on the calendar, not in hours: %s", ([, at, days, day]) => {
  expect(dayBefore(Date.parse(at), "America/New_York", days)).toBe(day);
});

test.for<[day: string, end: string]>([
  ["2026-02-09", "2026-02-10T05:00:00.000Z"],
  ["2026-03-08", "2026-03-09T04:00:00.000Z"],
  ["2026-12-31", "2027-01-01T05:00:00.000Z"],
])("the business day %s is over when the next one begins in its zone", ([day, end]) => {
  expect(new Date(endOfDay(day, "America/New_York")).toISOString()).toBe(end);
});
