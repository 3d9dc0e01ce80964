import { expect, test } from "vitest";
import { type Finding, type Incident, isMaterial, openIncident, resolveIncident, seeAgain, snapshot } from "./incident.ts";

const at = (time: string): number => Date.parse(`2026-02-${time}Z`);
const finding: Finding = {
  key: "canary:raw.boxscores",
  severity: "red",
  title: "raw: boxscores fails for 2026-02-04",
  facts: ["games: 7 < expected (11)"],
  next: ["kintsugi why canary:raw.boxscores"],
  channel: "canary",
};
const opened = openIncident(finding, undefined, at("05T14:00:00"));

test("a finding opens an incident at the time of its run", () => {
  expect(opened).toEqual({
    ...finding,
    state: "open",
    revision: 0,
    post: true,
    opened: "2026-02-05T14:00:00.000Z",
    last_seen: "2026-02-05T14:00:00.000Z",
    count: 1,
    explains: [],
    change: "opened",
    told: false,
    lastReminderMs: at("05T14:00:00"),
  });
});

test("a finding seen again keeps the opening, counts, and takes the newest words", () => {
  const again = seeAgain(opened, { ...finding, facts: ["games: 8 < expected (11)"] }, at("05T14:30:00"));
  expect(again).toMatchObject({
    opened: "2026-02-05T14:00:00.000Z",
    last_seen: "2026-02-05T14:30:00.000Z",
    count: 2,
    facts: ["games: 8 < expected (11)"],
  });
});

test("a finding that counts by itself, as a pattern does, replaces the count of runs", () => {
  expect(openIncident({ ...finding, count: 3 }, undefined, at("05T14:00:00")).count).toBe(3);
  expect(seeAgain(opened, { ...finding, count: 2 }, at("05T14:30:00")).count).toBe(2);
});

test("at most four facts are kept", () => {
  expect(openIncident({ ...finding, facts: ["1", "2", "3", "4", "5"] }, undefined, 0).facts).toEqual(["1", "2", "3", "4"]);
});

test("a resolved incident says when, and neither explains nor is explained any more", () => {
  const resolved = resolveIncident({ ...opened, root: "canary:scrape.files", explains: ["gate:g"] }, at("05T15:00:00"));
  expect(resolved).toMatchObject({ state: "resolved", resolved: "2026-02-05T15:00:00.000Z", explains: [], change: "resolved" });
  expect(resolved).not.toHaveProperty("root");
});

const told: Incident = { ...resolveIncident(opened, at("05T15:00:00")), revision: 2, told: true, count: 4 };

test.for<[name: string, atMs: number, expected: Partial<Incident>]>([
  [
    "one minute before a day has passed it is the same incident",
    at("06T14:59:00"),
    { opened: "2026-02-05T14:00:00.000Z", revision: 2, told: true, count: 5, change: "reopened" },
  ],
  [
    "a day after its resolution it is a new one",
    at("06T15:00:00"),
    { opened: "2026-02-06T15:00:00.000Z", revision: 0, told: false, count: 1, change: "opened" },
  ],
])("when the finding comes back, %s", ([, atMs, expected]) => {
  const reopened = openIncident(finding, told, atMs);
  expect(reopened).toMatchObject({ ...expected, state: "open" });
  expect(reopened).not.toHaveProperty("resolved");
});

test.for<[name: string, change: Partial<Incident>]>([
  ["another count", { count: 9 }],
  ["a later last_seen", { last_seen: "2026-02-05T16:00:00.000Z" }],
])("%s moves with every run and is not worth telling", ([, change]) => {
  expect(isMaterial(opened, { ...opened, ...change })).toBe(false);
});

test.for<[name: string, change: Partial<Incident>]>([
  ["another state", { state: "resolved" }],
  ["another severity", { severity: "critical" }],
  ["another title", { title: "other" }],
  ["other facts", { facts: ["other"] }],
  ["another next step", { next: ["other"] }],
  ["a root", { root: "canary:scrape.files" }],
  ["what it explains", { explains: ["gate:g"] }],
  ["that it is not posted any more", { post: false }],
  ["an acknowledgement", { acknowledged_by: "U1" }],
  ["a line for the thread", { thread: "still open" }],
])("%s is worth telling", ([, change]) => {
  expect(isMaterial(opened, { ...opened, ...change })).toBe(true);
});

test("the first sight of an incident is worth telling", () => {
  expect(isMaterial(undefined, opened)).toBe(true);
});

test("what is published holds nothing of the detector's own bookkeeping", () => {
  expect(snapshot(opened)).not.toHaveProperty("told");
  expect(snapshot(opened)).not.toHaveProperty("lastReminderMs");
});
