import type { IncidentChanged } from "@kintsugi/events/alerts";
import type { Event } from "@kintsugi/events/event";
import type { Observation } from "@kintsugi/events/observation";
import { slackChat } from "@kintsugi/gcp/slack-chat";
import { sampleIncident } from "@kintsugi/notify/sample-incident";
import { patternDetector } from "@kintsugi/pattern-detector/function";
import { slackNotifier } from "@kintsugi/slack-notifier/function";
import { beforeAll, expect, test } from "vitest";
import { runOf } from "../support/detector-stage.ts";
import { notifierStage, type NotifierStage } from "../support/notifier-stage.ts";
import { configOf } from "../support/service-stage.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const channels = 'slack: { channels: { canary: "#canary", healing: "#nba", critical: "#fire", watch: "#watch" } }';

function stageOf(text = channels, slackAheadMs = 0): NotifierStage {
  return notifierStage({ config: configOf(text), declarations: [slackNotifier], slackAheadMs });
}

// The client is loaded with the first call, which takes real time.
beforeAll(async () => void (await slackChat({ token: "xoxb-test", fetch: async () => new Response("{}") }).problems([])));

let published = 0;

function incident(key: string, change: Partial<IncidentChanged> = {}): Event {
  const data = sampleIncident({ key, severity: "red", title: key, opened: "2026-02-05T14:00:00.000Z", ...change });
  return { id: `event-${++published}`, source: "test", type: "incident.updated", time: data.opened, data };
}

const incidents = (count: number, change: Partial<IncidentChanged> = {}): readonly Event[] =>
  Array.from({ length: count }, (_, index) => incident(`canary:raw.check-${String(index).padStart(4, "0")}`, change));

const limited = ({ slack }: NotifierStage) => slack.calls.filter(({ status }) => status === 429);
const told = ({ slack }: NotifierStage) => new Set(slack.messages.map(({ text }) => /canary:raw\.check-\d+/.exec(text)?.[0]));

test("62 incidents at once over one channel are all told, a second each, once, and without a single 429", async () => {
  const stage = stageOf();
  await stage.publish(...incidents(62));
  await stage.pass(75 * SECOND_MS);
  expect(told(stage).size).toBe(62);
  expect(stage.slack.messages).toHaveLength(62);
  expect(limited(stage)).toEqual([]);
  await stage.pass(2 * MINUTE_MS);
  expect(stage.unsettled()).toBe(0);
  expect(stage.slack.messages).toHaveLength(62);
});

test("what is critical is told before the sixty others that came first", async () => {
  const stage = stageOf();
  const critical = incident("canary:raw.grave", { severity: "critical", channel: "canary" });
  await stage.publish(...incidents(60));
  await stage.publish(critical);
  await stage.pass(3 * SECOND_MS);
  expect(stage.slack.messages.findIndex(({ text }) => text.includes("canary:raw.grave"))).toBeLessThanOrEqual(3);
});

test("90 s without Slack cost few calls, and everything is told afterwards", async () => {
  const stage = stageOf();
  stage.slack.mood("away");
  const all = incidents(90);
  for (const event of all) {
    await stage.publish(event);
    await stage.pass(SECOND_MS);
  }
  expect(stage.slack.calls.length).toBeLessThan(20);
  stage.slack.mood("works");
  await stage.pass(6 * MINUTE_MS);
  expect(told(stage).size).toBe(90);
  expect(stage.slack.messages).toHaveLength(90);
  expect(stage.unsettled()).toBe(0);
  expect(limited(stage)).toEqual([]);
});

test("five changes a second of five messages are an edit of each in ten seconds, and the last word is seen", async () => {
  const stage = stageOf();
  const keys = [0, 1, 2, 3, 4].map((number) => `canary:raw.check-000${number}`);
  await stage.publish(...keys.map((key) => incident(key)));
  for (let second = 0; second < 120; second++) {
    const changes = keys.map((key) => incident(key, { revision: second + 2, change: "updated", title: `${key} for the ${second}th time` }));
    await stage.publish(...changes);
    await stage.pass(SECOND_MS);
  }
  await stage.pass(15 * SECOND_MS);
  expect(limited(stage)).toEqual([]);
  const edits = stage.slack.calls.filter(({ method }) => method === "chat.update");
  expect(edits.length).toBeLessThanOrEqual(5 * 14);
  for (const { text } of stage.slack.messages) expect(text).toContain("for the 119th time");
  await stage.pass(2 * MINUTE_MS);
  expect(stage.unsettled()).toBe(0);
});

test("an end is seen at once, also right after an edit", async () => {
  const stage = stageOf();
  const key = "canary:raw.check-0000";
  await stage.publish(incident(key));
  await stage.publish(incident(key, { revision: 2, change: "updated", facts: ["more"] }));
  const over = { state: "resolved", resolved: "2026-02-05T14:00:01.000Z", change: "resolved" } as const;
  await stage.publish(incident(key, { revision: 3, ...over }));
  await stage.pass(3 * SECOND_MS);
  expect(stage.slack.messages.map(({ text }) => text)).toEqual([expect.stringContaining("resolved")]);
});

test("twelve posts that hang in one channel hold up something critical in another by no more than its own pace", async () => {
  const stage = stageOf();
  stage.slack.mood("hangs", ({ channel }) => channel === "#canary");
  await stage.publish(...incidents(12));
  const [sentMs] = [stage.now()];
  await stage.publish(incident("watch:fire", { severity: "critical", channel: "critical" }));
  await stage.pass(2 * SECOND_MS);
  const call = stage.slack.calls.find(({ channel }) => channel === "#fire");
  expect(call!.atMs - sentMs).toBeLessThanOrEqual(SECOND_MS);
  stage.slack.mood("works");
  await stage.pass(6 * MINUTE_MS);
  expect(stage.slack.messages).toHaveLength(13);
});

test("Retry-After holds the whole method: nothing is asked again before its time", async () => {
  const stage = stageOf();
  // Somebody else with the same token has used the channel up.
  await stage.slack.fetch("https://slack.com/api/chat.postMessage", { body: new URLSearchParams({ channel: "#canary" }).toString() });
  await stage.publish(...incidents(3), incident("watch:other", { channel: "watch" }));
  await stage.pass(28 * SECOND_MS);
  expect(limited(stage)).toHaveLength(1);
  expect(stage.slack.messages.filter(({ channel }) => channel === "CCANARY")).toHaveLength(1);
  await stage.pass(MINUTE_MS);
  expect(stage.slack.messages).toHaveLength(5);
});

test.for<[name: string, channel: string, slackAheadMs: number]>([
  ["in a channel whose history has pages", "#canary", 0],
  ["in a private channel", "#private-alerts", 0],
  ["in a channel that is given by its id", "G0123ABCD", 0],
  ["where Slack's clock is 90 s behind the host's", "#canary", -90_000],
  ["where Slack's clock is 90 s ahead of the host's", "#canary", 90_000],
])("250 messages with posts that are answered 500 are none twice: %s", async ([, channel, slackAheadMs]) => {
  const stage = stageOf(`slack: { channels: { canary: "${channel}" } }`, slackAheadMs);
  await stage.publish(...incidents(250));
  for (let hiccup = 0; hiccup < 3; hiccup++) {
    await stage.pass(MINUTE_MS);
    stage.slack.mood("unheard", ({ method }) => method === "chat.postMessage");
    await stage.pass(3 * SECOND_MS);
    stage.slack.mood("works");
  }
  await stage.pass(9 * MINUTE_MS);
  expect(stage.slack.calls.filter(({ status }) => status === 500).length).toBeGreaterThanOrEqual(2);
  expect(told(stage).size).toBe(250);
  expect(stage.slack.messages).toHaveLength(250);
  expect(stage.unsettled()).toBe(0);
});

test("1,000 incidents in a minute are told by one list, without a 429 and without a loss", { timeout: 60_000 }, async () => {
  const [TOGETHER, TIMES] = [100, 10];
  const drift = "drift: { history: { git: . }, deployments: { file: d.json }, services: { worker: { paths: [worker] } } }";
  const config = configOf(`${channels}\n${drift}\n`);
  const stage = notifierStage({ config, declarations: [patternDetector, slackNotifier] });
  for (let time = 0; time < TIMES; time++) {
    await stage.publish(drifting(time * TOGETHER, TOGETHER, stage.now()));
    await stage.pass(MINUTE_MS / TIMES);
  }
  expect(stage.slack.calls.length).toBeLessThanOrEqual(10);
  // What only grew within ten seconds is told by the next tick.
  await stage.run("pattern-detector");
  await stage.pass(MINUTE_MS);
  expect(limited(stage)).toEqual([]);
  const [list] = stage.slack.messages;
  expect(list?.text).toContain(`${TOGETHER * TIMES} incidents opened at once`);
  expect(stage.unsettled()).toBe(0);
});

test("10,000 changes in a minute, which a list explains and which make it grow, are ten calls or fewer", { timeout: 60_000 }, async () => {
  const [TOGETHER, TIMES] = [500, 20];
  const stage = stageOf();
  const list = "storm:canary:2026-02-05T14:00:00.000Z";
  const all = incidents(TOGETHER * TIMES, { post: false, root: list });
  const subject = { kind: "storm", channel: "canary", at: "2026-02-05T14:00:00.000Z" } as const;
  for (let time = 0; time < TIMES; time++) {
    const title = `${TOGETHER * (time + 1)} incidents opened at once`;
    const grown = incident(list, { subject, title, revision: time + 1, change: time === 0 ? "opened" : "spread" });
    await stage.publish(...all.slice(time * TOGETHER, (time + 1) * TOGETHER), grown);
    await stage.pass(MINUTE_MS / TIMES);
  }
  expect(stage.slack.calls.length).toBeLessThanOrEqual(10);
  // What the list explains is handed back and comes again for some minutes: nothing of it is lost, and nothing more is said.
  await stage.pass(5 * MINUTE_MS);
  expect(stage.slack.calls.length).toBeLessThanOrEqual(10);
  expect(limited(stage)).toEqual([]);
  expect(stage.slack.messages.map(({ text }) => text)).toEqual([expect.stringContaining("10000 incidents opened at once")]);
  expect(stage.unsettled()).toBe(0);
});

/** A run of drift that finds so many services that serve old code. */
function drifting(from: number, count: number, nowMs: number): Event {
  const observations = Array.from({ length: count }, (_, index): Observation => {
    const service = `service-${from + index}`;
    const words = { title: `${service} lacks 3 commits`, facts: ["serves 1a2b3c4"], next: [`deploy ${service}`] };
    return { subject: { kind: "service", service }, verdict: "finding", severity: "red", channel: "drift", ...words };
  });
  const time = new Date(nowMs).toISOString();
  const data = { ...runOf("drift", observations), due: time, started: time };
  return { id: `drift-${from}`, source: "kintsugi/drift", type: "run.completed", subject: "drift", time, data };
}
