import { expect, test } from "vitest";
import { readRecord } from "./incident-record.ts";

test("an incident as version 0.1.0 stored it is read once more, told as it was", () => {
  const stored = {
    key: "canary:raw.boxscores",
    state: "open",
    severity: "critical",
    revision: 3,
    title: "Raw data: boxscores fails for 2026-02-04",
    facts: ["games: 7 < expected (11)"],
    next: ["kintsugi why canary:raw.boxscores"],
    channel: "canary",
    post: true,
    opened: "2026-02-05T14:00:00.000Z",
    last_seen: "2026-02-05T15:00:00.000Z",
    count: 3,
    explains: [],
    change: "updated",
    told: true,
    lastReminderMs: 1_770_300_000_000,
  };
  expect(readRecord(stored)).toMatchObject({
    key: stored.key,
    subject: { kind: "check", phase: "raw", check: "boxscores" },
    by: "canary",
    bad: 1,
    told: true,
    remindedMs: 1_770_300_000_000,
    incident: { state: "open", revision: 3, opened: stored.opened },
  });
});
