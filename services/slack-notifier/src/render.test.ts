import type { IncidentChanged } from "@kintsugi/events/alerts";
import { expect, test } from "vitest";
import { renderIncident, renderRepairs } from "./render.ts";

const incident: IncidentChanged = {
  key: "canary:raw.boxscores",
  state: "open",
  severity: "red",
  revision: 1,
  title: "Raw data: boxscores fails for 2026-02-04",
  facts: ["games: 7 is below expected (11)", "missing g4, g9"],
  next: ["kintsugi why canary:raw.boxscores"],
  runbook: "docs/runbooks/raw.md",
  channel: "canary",
  post: true,
  opened: "2026-02-05T14:00:00.000Z",
  last_seen: "2026-02-05T14:00:00.000Z",
  count: 1,
  explains: [],
  change: "opened",
};
const text = (change: Partial<IncidentChanged> = {}, mention = false): string =>
  renderIncident({ ...incident, ...change }, { mention }).text;

test("the headline comes first, then the facts, the exact next command and the runbook", () => {
  expect(text().split("\n")).toEqual([
    "*🔴 red: Raw data: boxscores fails for 2026-02-04* · since 2026-02-05 14:00Z",
    "• games: 7 is below expected (11)",
    "• missing g4, g9",
    "next: `kintsugi why canary:raw.boxscores`",
    "runbook: docs/runbooks/raw.md",
  ]);
});

test("a resolved incident says from when to when, and asks for nothing", () => {
  expect(text({ state: "resolved", resolved: "2026-02-05T15:30:00.000Z" }).split("\n")).toEqual([
    "*✅ resolved: Raw data: boxscores fails for 2026-02-04* · from 2026-02-05 14:00Z to 2026-02-05 15:30Z",
    "• games: 7 is below expected (11)",
    "• missing g4, g9",
  ]);
});

test.for<[name: string, change: Partial<IncidentChanged>, line: string]>([
  ["several next steps are numbered", { next: ["look", "mend"] }, "1. look\n2. mend"],
  ["how often it was seen", { count: 10 }, "14:00Z · 10 times\n"],
  ["what explains it", { root: "canary:scrape.files" }, "\nexplained by canary:scrape.files\n"],
  ["what it explains", { explains: ["gate:a", "canary:b.c"] }, "\nalso broken because of this: gate:a, canary:b.c\n"],
  ["who has it", { acknowledged_by: "ann" }, "\nacknowledged by ann\n"],
])("shows %s", ([, change, line]) => {
  expect(text(change)).toContain(line);
});

test("at most four facts are shown", () => {
  expect(text({ facts: ["f1", "f2", "f3", "f4", "f5"] })).not.toContain("f5");
});

test("a count that the title tells is not told twice", () => {
  expect(text({ title: "batch_cleanup healed 3 times in 1 h", count: 3 })).not.toContain("· 3 times");
});

test.for<[severity: IncidentChanged["severity"], sign: string]>([
  ["info", "ℹ️"],
  ["yellow", "🟡"],
  ["red", "🔴"],
  ["critical", "🚨"],
])("%s has the sign %s", ([severity, sign]) => {
  expect(text({ severity }).startsWith(`*${sign} ${severity}: `)).toBe(true);
});

test("a mention is ours to make, once at the very beginning", () => {
  expect(text({}, true).startsWith("<!here> *")).toBe(true);
  expect(text()).not.toContain("<!");
});

// Each field that may hold data of a stranger.
const places: readonly [name: string, put: (hostile: string) => Partial<IncidentChanged>][] = [
  ["title", (hostile) => ({ title: hostile })],
  ["fact", (hostile) => ({ facts: [hostile] })],
  ["next step", (hostile) => ({ next: [hostile] })],
  ["runbook", (hostile) => ({ runbook: hostile })],
  ["root", (hostile) => ({ root: hostile })],
  ["explained key", (hostile) => ({ explains: [hostile] })],
  ["actor", (hostile) => ({ acknowledged_by: hostile })],
];
const hostiles: readonly [given: string, shown: string][] = [
  ["<!channel> look", "&lt;!channel&gt; look"],
  ["<@U012ABC>", "&lt;@U012ABC&gt;"],
  ["<https://evil.example|click>", "&lt;https://evil.example|click&gt;"],
  ["a < b & c > d", "a &lt; b &amp; c &gt; d"],
  ["&lt;!channel&gt;", "&amp;lt;!channel&amp;gt;"],
  ["@channel", "@\u200bchannel"],
  ["`rm -rf`", "'rm -rf'"],
  ["token=abcdefgh", "token=****"],
  ["Bearer abcdefgh12345678", "Bearer ****"],
];
const pairs = places.flatMap(([place, put]) => hostiles.map(([given, shown]) => [place, given, shown, put] as const));

test.for(pairs)("in a %s, %s becomes harmless", ([, given, shown, put]) => {
  const rendered = text(put(given));
  expect(rendered).toContain(shown);
  expect(rendered).not.toContain(given);
});

test("text and blocks hold what Slack takes: 3,000 characters in a section, and far below 50 blocks", () => {
  const { text: long, blocks } = renderIncident({ ...incident, facts: ["x".repeat(9_000)] }, { mention: true });
  expect(long).toHaveLength(2_999);
  expect(long.endsWith("x…")).toBe(true);
  expect(blocks).toEqual([{ type: "section", text: { type: "mrkdwn", text: long } }]);
});

test("a cut never leaves half a character", () => {
  for (const offset of [0, 1]) {
    const { text: long } = renderIncident({ ...incident, facts: ["x".repeat(offset) + "🏀".repeat(2_000)] }, { mention: false });
    expect(long.isWellFormed()).toBe(true);
    expect(long).not.toContain("\u{FFFD}");
    expect(long.length).toBeLessThanOrEqual(3_000);
  }
});

test("the repairs message says how many there were, and lists the last ten with target and cause", () => {
  const repairs = Array.from({ length: 12 }, (_, index) => ({
    time: `2026-02-05T14:${10 + index}:00Z`,
    target: `batch_${index + 1}`,
    cause: "player_injury_out",
    text: "119 done + 17 skipped of 136",
  }));
  const lines = renderRepairs({ healer: "batch_cleanup", day: "2026-02-05", revision: 12, count: 12, repairs }).text.split("\n");
  expect(lines).toHaveLength(11);
  expect(lines[0]).toBe("*🔧 batch_cleanup repaired 12 times on 2026-02-05*, each proved");
  expect(lines[1]).toBe("• 14:12Z batch_3: 119 done + 17 skipped of 136 (cause: player_injury_out)");
});

test("the repairs message is as harmless", () => {
  const repairs = [{ time: "2026-02-05T14:10:00Z", target: "<!here>", cause: "token=abcdefgh", text: "@everyone" }];
  const { text: rendered } = renderRepairs({ healer: "<!channel>", day: "2026-02-05", revision: 1, count: 1, repairs });
  expect(rendered).toBe(
    "*🔧 &lt;!channel&gt; repaired once on 2026-02-05*, each proved\n• 14:10Z &lt;!here&gt;: @\u200beveryone (cause: token=****)",
  );
});
