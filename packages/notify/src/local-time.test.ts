import { expect, test } from "vitest";
import { localPeriod, localTime } from "./local-time.ts";

test.for<[timezone: string, time: string, shown: string]>([
  ["Europe/Berlin", "2026-11-24T06:30:00Z", "24 Nov 07:30 CET"],
  ["Europe/Berlin", "2026-07-01T22:05:00Z", "2 Jul 00:05 CEST"],
  ["America/New_York", "2026-02-05T14:00:00Z", "5 Feb 09:00 EST"],
  ["America/New_York", "2026-09-09T04:00:00Z", "9 Sep 00:00 EDT"],
  ["Australia/Sydney", "2026-02-05T14:00:00Z", "6 Feb 01:00 AEDT"],
  ["Asia/Kolkata", "2026-02-05T14:00:00Z", "5 Feb 19:30 IST"],
  ["Asia/Tokyo", "2026-02-05T14:00:00Z", "5 Feb 23:00 GMT+9"],
  ["UTC", "2026-02-05T14:00:00Z", "5 Feb 14:00 UTC"],
])("in %s %s is %s", ([timezone, time, shown]) => {
  expect(localTime(time, timezone)).toBe(shown);
});

test("a time that carries an offset is the same time", () => {
  expect(localTime("2026-11-24T01:30:00-05:00", "Europe/Berlin")).toBe("24 Nov 07:30 CET");
});

test.for<[name: string, from: string, to: string, shown: string]>([
  ["within a day names it once", "2026-11-24T06:30:00Z", "2026-11-24T08:10:00Z", "from 24 Nov 07:30 to 09:10 CET"],
  ["over midnight names both days", "2026-11-24T06:30:00Z", "2026-11-25T08:10:00Z", "from 24 Nov 07:30 to 25 Nov 09:10 CET"],
  ["turns the day where the people are", "2026-11-24T22:30:00Z", "2026-11-24T23:10:00Z", "from 24 Nov 23:30 to 25 Nov 00:10 CET"],
  ["over the end of summer time names both zones", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "from 25 Oct 02:30 CEST to 02:30 CET"],
])("a period %s", ([, from, to, shown]) => {
  expect(localPeriod(from, to, "Europe/Berlin")).toBe(shown);
});
