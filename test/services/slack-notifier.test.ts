import type { IncidentChanged, RepairsRecorded } from "@kintsugi/events/alerts";
import { derivedId, type Event } from "@kintsugi/events/event";
import { deadLetters } from "@kintsugi/function-kit/dead-letter";
import type { Dependencies } from "@kintsugi/function-kit/declaration";
import { slackChat } from "@kintsugi/gcp/slack-chat";
import type { Chat } from "@kintsugi/ports/chat";
import { Failure } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import { sampleIncident } from "@kintsugi/notify/sample-incident";
import { fakeSlack } from "@kintsugi/simulator/fake-slack";
import { virtualClock } from "@kintsugi/simulator/virtual-clock";
import { slackNotifier } from "@kintsugi/slack-notifier/function";
import { expect, test } from "vitest";
import { passTime, realCalls, turns } from "../support/pass-time.ts";
import { configOf, openDocuments } from "../support/service-stage.ts";
import { storeIncidents } from "../support/store-incidents.ts";
import { startSlackServer } from "../support/slack-server.ts";

const startMs = Date.parse("2026-02-05T14:00:00Z");
const opened = "2026-02-05T14:00:00.000Z";

function incidentData(change: Partial<IncidentChanged> = {}): IncidentChanged {
  return sampleIncident({ severity: "red", title: "boxscores fails", opened, last_seen: opened, ...change });
}

function incident(change: Partial<IncidentChanged> = {}): Event {
  const data = incidentData(change);
  const type = data.state === "resolved" ? "incident.resolved" : data.revision === 1 ? "incident.opened" : "incident.updated";
  return { id: `${data.key}:${data.revision}`, source: "test", type, time: data.last_seen, data };
}

function repairs(change: Partial<RepairsRecorded>): Event {
  const data = {
    healer: "batch_cleanup",
    day: "2026-02-05",
    revision: 1,
    count: 1,
    last_hour: 1,
    last_24_hours: 1,
    repairs: [],
    ...change,
  };
  return { id: `repairs:${data.day}:${data.revision}`, source: "test", type: "repairs.recorded", time: opened, data };
}

const gravest = { severity: "critical", channel: "critical" } as const;
const over = { state: "resolved", resolved: "2026-02-05T15:00:00.000Z", change: "resolved" } as const;
const lost = new Failure("transient", "slack: timeout", { about: "slack" });
const refused = new Failure("needs-human", "slack: channel_not_found", { about: "slack" });
const limited = new Failure("wait-until", "slack: rate limited", { untilMs: startMs + 30_000, about: "slack" });
const goneForGood = new Failure("permanent", "slack: message_not_found");

const patienceMs = 20_000;

/** A notifier on real documents. */
function notifier(chat: Chat, stage = openDocuments(), { clock = virtualClock(startMs), settle = turns } = {}) {
  const { documents, published } = stage;
  const dependencies = {
    config: configOf('slack: { channels: { canary: "#canary", healing: "#nba", critical: "#fire", watch: "#watch" } }'),
    documents,
    chat,
    clock,
  } as unknown as Dependencies;
  const handle = slackNotifier.onEvents!(dependencies);
  const runIt = slackNotifier.onRun!(dependencies);
  const since = async <T>(act: () => Promise<T>) => {
    const before = published.length;
    clock.set(clock.now() + 1_000);
    clock.wake();
    const result = await passTime(clock, act(), settle);
    return { result, events: published.slice(before).map(eventOf) };
  };
  return {
    clock,
    stage,
    async deliver(...events: readonly Event[]) {
      const { result, events: told } = await since(() => handle(events, { nowMs: clock.now(), patienceMs }));
      expect(result.later).toEqual([]);
      return told;
    },
    /** What was published by a delivery that fails, and why the first event that comes back does. */
    async fails(...events: readonly Event[]) {
      const { result, events: told } = await since(() => handle(events, { nowMs: clock.now(), patienceMs }));
      return { result: result.later?.[0]?.error, events: told };
    },
    run: () => since(() => runIt({ id: "run", dueMs: clock.now(), nowMs: clock.now() })),
    store: (...incidents: readonly IncidentChanged[]) => storeIncidents(stage.set, incidents),
  };
}

function eventOf(message: { attributes: Readonly<Record<string, string>>; data: Uint8Array }): JsonObject {
  const type = message.attributes["ce-type"]!;
  return { type, ...(JSON.parse(Buffer.from(message.data).toString()) as JsonObject) };
}

/** A fake that fails as it is told. */
function slack(
  failing: { before?: Failure | undefined; after?: Failure | undefined; update?: Failure | undefined; isEditable?: boolean } = {},
) {
  const { chat, messages, counts, remove } = fakeSlack(
    () => startMs + 1_000,
    () => {},
  );
  const finds: string[] = [];
  const failingChat: Chat = {
    ...chat,
    isEditable: failing.isEditable ?? true,
    async post(channel, message) {
      if (failing.before !== undefined) throw failing.before;
      const address = await chat.post(channel, message);
      if (failing.after !== undefined) throw failing.after;
      return address;
    },
    async reply(address, message) {
      if (failing.before !== undefined) throw failing.before;
      const said = await chat.reply(address, message);
      if (failing.after !== undefined) throw failing.after;
      return said;
    },
    async update(address, message) {
      if (failing.update !== undefined) throw failing.update;
      await chat.update(address, message);
    },
    async find(...call) {
      finds.push(call[0]);
      return await chat.find(...call);
    },
  };
  const texts = () => messages.map(({ text }) => text);
  const replies = () => messages.map(({ replies: said }) => said.map(({ text, isAloud }) => `${isAloud ? "aloud: " : ""}${text}`));
  return { chat: failingChat, messages, counts, remove, finds, failing, texts, replies };
}

test.for(["transient", "permanent", "needs-human"] as const)(
  "what was told and cannot be published (%s) comes back until it has left, and is told once",
  async (failure) => {
    const { chat, counts } = slack();
    const stage = openDocuments();
    let isBusClosed = true;
    const flush = async (): Promise<void> => {
      if (isBusClosed) throw new Failure(failure, "bus: permission denied", { about: "bus" });
    };
    const { deliver, fails } = notifier(chat, { ...stage, documents: { ...stage.documents, flush } });
    expect((await fails(incident())).result).toMatchObject({ failure: "transient", about: "bus" });
    isBusClosed = false;
    await deliver(incident());
    expect(counts("#canary")).toMatchObject({ posts: 1, edits: 0 });
  },
);

test("that Slack refuses is told also when it could not be published at first, and Slack still refuses", async () => {
  const { chat } = slack({ before: refused });
  const stage = openDocuments();
  const left: string[] = [];
  let isBusClosed = true;
  const flush = async (outbox: string): Promise<void> => {
    if (isBusClosed) throw new Failure("transient", "bus: unavailable", { about: "bus" });
    left.push(outbox);
  };
  const { fails } = notifier(chat, { ...stage, documents: { ...stage.documents, flush } });
  expect((await fails(incident())).result).toMatchObject({ about: "bus" });
  isBusClosed = false;
  expect((await fails(incident())).result).toMatchObject({ about: "slack" });
  expect(left).toHaveLength(1);
});

test("an incident is one message: posted once, edited as it changes, edited when it resolves", async () => {
  const { chat, texts, counts, finds } = slack();
  const { deliver } = notifier(chat);
  expect(await deliver(incident())).toMatchObject([
    { receiver: "slack", key: "canary:raw.boxscores", revision: 1, kind: "post", channel: "#canary", observations: [] },
  ]);
  expect(await deliver(incident({ revision: 2, facts: ["games: 8 is below 11"] }))).toMatchObject([{ revision: 2, kind: "edit" }]);
  expect(texts()).toEqual([expect.stringContaining("games: 8 is below 11")]);
  await deliver(incident({ revision: 3, ...over }));
  expect(texts()).toEqual([expect.stringContaining("✅ resolved: boxscores fails")]);
  expect(counts("#canary")).toEqual({ posts: 1, edits: 2, replies: 0, mentions: 0 });
  expect(finds).toEqual([]);
});

test("of several changes at once the last one counts, and what was remarked with each is said", async () => {
  const { chat, texts, replies, counts } = slack();
  const { deliver } = notifier(chat);
  await deliver(incident());
  const [one, two] = [
    { text: "one", aloud: true },
    { text: "two", aloud: false },
  ];
  await deliver(
    incident({ revision: 3, facts: ["the newest"], remarks: [two] }),
    incident({ revision: 2, facts: ["older"], remarks: [one] }),
  );
  expect(texts()).toEqual([expect.stringContaining("the newest")]);
  expect(replies()).toEqual([["aloud: one", "two"]]);
  expect(counts("#canary")).toMatchObject({ posts: 1, edits: 1, replies: 2 });
});

test("a change that says the same is no edit, and an older one that comes late changes nothing", async () => {
  const { chat, texts, counts } = slack();
  const { deliver } = notifier(chat);
  await deliver(incident({ revision: 2, facts: ["new"] }));
  expect(await deliver(incident({ revision: 3, facts: ["new"] }))).toEqual([]);
  expect(await deliver(incident({ facts: ["old"] }))).toEqual([]);
  expect(texts()).toEqual([expect.stringContaining("new")]);
  expect(counts("#canary")).toMatchObject({ posts: 1, edits: 0 });
});

test("what another incident explains is not posted, also where an older change that was to be posted comes late", async () => {
  const { chat, messages } = slack();
  const { deliver } = notifier(chat);
  expect(await deliver(incident({ revision: 2, post: false, root: "canary:scrape.files" }))).toEqual([]);
  expect(await deliver(incident())).toEqual([]);
  expect(messages).toEqual([]);
  expect(await deliver(incident({ revision: 3 }))).toMatchObject([{ revision: 3, kind: "post" }]);
});

test("people are called by the post of something critical and by what is said aloud, never by a reminder, a quiet reply or an end", async () => {
  const { chat, counts } = slack();
  const { deliver } = notifier(chat);
  const said = async (revision: number, text: string, aloud: boolean, change: IncidentChanged["change"]) => {
    await deliver(incident({ ...gravest, revision, change, remarks: [{ text, aloud }] }));
    return counts("#fire").mentions;
  };
  await deliver(incident(gravest));
  expect(counts("#fire").mentions).toBe(1);
  expect(await said(2, "quiet", false, "updated")).toBe(1);
  expect(await said(3, "still open", true, "reminder")).toBe(1);
  expect(await said(4, "also 2026-02-04", true, "spread")).toBe(2);
  await deliver(incident({ ...gravest, ...over, revision: 5, remarks: [{ text: "it is over", aloud: true }] }));
  expect(counts("#fire")).toMatchObject({ posts: 1, mentions: 2, replies: 4 });
});

test("one that resolved before it could be told is told once, as resolved, and calls nobody", async () => {
  const { chat, texts, counts } = slack();
  await notifier(chat).deliver(incident(gravest), incident({ ...gravest, revision: 2, ...over }));
  expect(texts()).toEqual([expect.stringMatching(/^✅ resolved/)]);
  expect(counts("#fire").mentions).toBe(0);
});

test("the day's repairs are one message, edited with each; the next day has its own", async () => {
  const { chat, messages } = slack();
  const { deliver } = notifier(chat);
  await deliver(repairs({}));
  await deliver(repairs({ revision: 2, count: 2, last_hour: 2, last_24_hours: 2 }));
  await deliver(repairs({ day: "2026-02-06" }));
  expect(messages.map(({ channel, text }) => [channel, text.split("\n")[0]])).toEqual([
    ["#nba", "✅ batch_cleanup repaired 2 times on 2026-02-05 (2 in the last hour, 2 in 24 h), each proved"],
    ["#nba", "✅ batch_cleanup repaired once on 2026-02-06 (1 in the last hour, 1 in 24 h), each proved"],
  ]);
});

test("a time-out after posting makes no second message: the next try looks it up and edits it", async () => {
  const { chat, messages, failing, finds } = slack({ after: lost });
  const { deliver, fails } = notifier(chat);
  expect((await fails(incident())).result).toBe(lost);
  failing.after = undefined;
  expect(await deliver(incident())).toMatchObject([
    { revision: 1, kind: "post" },
    { revision: 1, kind: "edit" },
  ]);
  expect(messages).toHaveLength(1);
  expect(finds).toEqual(["#canary"]);
});

test("a time-out before posting is made up for: the next try looks, finds nothing, and posts", async () => {
  const { chat, messages, failing, finds } = slack({ before: lost });
  const { deliver, fails } = notifier(chat);
  expect((await fails(incident())).result).toBe(lost);
  failing.before = undefined;
  await deliver(incident());
  expect(messages).toHaveLength(1);
  expect(finds).toEqual(["#canary"]);
});

test("what was remarked aloud while the post was uncertain is still said", async () => {
  const { chat, failing, replies } = slack({ after: lost });
  const { deliver, fails } = notifier(chat);
  await fails(incident());
  failing.after = undefined;
  await deliver(incident({ revision: 2, change: "worse", remarks: [{ text: "worse", aloud: true }] }));
  expect(replies()).toEqual([["aloud: worse"]]);
});

test("a line in the thread that may have arrived is looked for, and said once", async () => {
  const { chat, failing, replies } = slack();
  const { deliver, fails } = notifier(chat);
  await deliver(incident());
  failing.after = lost;
  const reminder = incident({ revision: 2, change: "reminder", remarks: [{ text: "still open", aloud: false }] });
  expect((await fails(reminder)).result).toBe(lost);
  failing.after = undefined;
  expect(await deliver(reminder)).toMatchObject([{ kind: "thread" }]);
  expect(replies()).toEqual([["still open"]]);
});

test.for([
  ["did not arrive is not posted", "before", []],
  ["did arrive is edited", "after", ["• explained by canary:scrape.files"]],
] as const)("once nobody is to be told any more, a message that %s", async ([, when, lines]) => {
  const { chat, failing, texts } = slack({ [when]: lost });
  const { deliver, fails } = notifier(chat);
  await fails(incident());
  failing[when] = undefined;
  await deliver(incident({ revision: 2, post: false, root: "canary:scrape.files" }));
  await deliver(incident());
  expect(texts().map((text) => text.split("\n")[2])).toEqual(lines);
});

test("one that fails holds up none of the others, and nothing is posted twice", async () => {
  const { chat, messages } = slack();
  let isFailing = true;
  const { deliver, fails } = notifier({
    ...chat,
    post: async (channel, message) => {
      if (isFailing && message.headline.includes("boxscores")) throw lost;
      return await chat.post(channel, message);
    },
  });
  const both = [incident(), incident({ key: "canary:analytics.summary", title: "summary fails" })];
  const first = await fails(...both);
  expect(first.result).toBe(lost);
  expect(first.events).toMatchObject([{ key: "canary:analytics.summary", kind: "post" }]);
  isFailing = false;
  await deliver(...both);
  expect(messages).toHaveLength(2);
});

test("a rate limit goes back to the bus, which knows until when to wait, and the channel is left alone meanwhile", async () => {
  const { chat, failing, finds } = slack({ before: limited });
  let posts = 0;
  const { deliver, fails } = notifier({ ...chat, post: (...call) => (posts++, chat.post(...call)) });
  const both = [incident(), incident({ key: "canary:analytics.summary" })];
  expect((await fails(...both)).result).toBe(limited);
  expect(posts).toBe(1);
  failing.before = undefined;
  await deliver(...both);
  expect(finds).toEqual([]);
});

test("a message that a person deleted, or that cannot be edited any more, is posted anew while it is open", async () => {
  const { chat, remove, texts, failing } = slack();
  const { deliver } = notifier(chat);
  await deliver(incident());
  remove("canary:raw.boxscores");
  expect(await deliver(incident({ revision: 2, facts: ["more"] }))).toMatchObject([{ kind: "post" }]);
  expect(texts()).toEqual([expect.stringContaining("more")]);
  failing.update = goneForGood;
  expect(await deliver(incident({ revision: 3, ...over }))).toEqual([]);
  expect(texts()).toHaveLength(1);
});

test("a refusal is told once for each reason, nothing is lost, and what is delivered after it says that all is well", async () => {
  const { chat, texts, failing } = slack({ before: refused });
  const { deliver, fails } = notifier(chat);
  const first = await fails(incident());
  expect(first.result).toMatchObject({ failure: "transient", message: "slack: channel_not_found", about: "slack" });
  expect(first.events).toMatchObject([
    {
      type: "io.kintsugi.notification.failed.v1",
      reason: "slack: channel_not_found",
      observations: [
        {
          subject: { kind: "dead-letter", function: "slack-notifier" },
          verdict: "finding",
          severity: "red",
          title: "slack refuses messages: channel_not_found",
          channel: "watch",
          cause: "slack",
        },
      ],
    },
  ]);
  expect((await fails(incident())).events).toEqual([]);
  failing.before = undefined;
  const subject = { kind: "dead-letter", function: "slack-notifier" };
  expect(await deliver(incident())).toMatchObject([{ kind: "post", observations: [{ subject, verdict: "ok" }] }]);
  expect(texts()).toHaveLength(1);
});

test("all is well again only when nothing waits any more", async () => {
  const { chat, failing } = slack({ before: refused });
  const { deliver, fails } = notifier(chat);
  const other = incident({ key: "canary:analytics.summary" });
  await fails(incident(), other);
  failing.before = undefined;
  expect(await deliver(incident())).toMatchObject([{ observations: [] }]);
  expect(await deliver(other)).toMatchObject([{ observations: [{ verdict: "ok" }] }]);
});

test("a receiver is not told that it refuses itself, and another is", async () => {
  const { chat, messages } = slack();
  const { deliver } = notifier(chat);
  const about = {
    key: "dead-letter:slack-notifier",
    subject: { kind: "dead-letter", function: "slack-notifier" },
    channel: "watch",
  } as const;
  expect(await deliver(incident({ ...about, cause: "slack" }), incident({ ...about, revision: 2, ...over, cause: "slack" }))).toEqual([]);
  expect(await deliver(incident({ ...about, opened: "2026-02-05T14:01:00.000Z", cause: "slack #watch" }))).toEqual([]);
  expect(messages).toEqual([]);
  expect(await deliver(incident({ ...about, opened: "2026-02-05T14:02:00.000Z", cause: "ops" }))).toMatchObject([{ kind: "post" }]);
});

test("that it was away is nothing that a receiver is told afterwards", async () => {
  const { chat, messages } = slack();
  const { deliver } = notifier(chat);
  const subject = { kind: "function", function: "slack-notifier" } as const;
  const about = { key: "unknown:slack-notifier", subject, channel: "watch" } as const;
  await deliver(incident({ ...about, cause: "slack" }), incident({ ...about, revision: 2, ...over, cause: "slack" }));
  expect(messages).toEqual([]);
  await deliver(incident({ ...about, opened: "2026-02-05T14:02:00.000Z", cause: "documents" }));
  expect(messages).toHaveLength(1);
});

test("of two instances at once one posts, and the other leaves it to the first", async () => {
  const { chat, messages } = slack();
  const stage = openDocuments();
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const slow = notifier({ ...chat, post: async (...call) => (await held, chat.post(...call)) }, stage);
  const fast = notifier(chat, stage);
  expect((await slow.fails(incident())).result).toMatchObject({ failure: "wait-until" });
  expect((await fast.fails(incident())).result).toMatchObject({ failure: "wait-until" });
  expect(messages).toEqual([]);
  release();
  await turns();
  await fast.deliver(incident());
  expect(messages).toHaveLength(1);
});

test("an instance that died while it told is taken over once no call of it can be under way, and looked up first", async () => {
  const { chat, messages, finds } = slack();
  const stage = openDocuments();
  const dying = notifier({ ...chat, post: async (...call) => (await chat.post(...call), await new Promise<never>(() => {})) }, stage);
  await dying.fails(incident());
  expect(messages).toHaveLength(1);
  const { deliver, fails, clock } = notifier(chat, stage);
  const { result } = await fails(incident());
  expect(result).toMatchObject({ failure: "wait-until" });
  const untilMs = (result as Failure).untilMs!;
  expect(untilMs - clock.now()).toBeLessThanOrEqual(30_000);
  clock.set(untilMs);
  await deliver(incident());
  expect(messages).toHaveLength(1);
  expect(finds).toEqual(["#canary"]);
});

test("where nothing can be edited, what is worth hearing is a post of its own, and what is not is left out", async () => {
  const { chat, texts, counts } = slack({ isEditable: false });
  const { deliver } = notifier(chat);
  const days = (...list: readonly string[]) => list.map((day) => ({ day, what: "missing g1", who: [] }));
  await deliver(incident({ ...gravest, days: days("2026-02-03") }));
  await deliver(incident({ ...gravest, revision: 2, change: "updated", facts: ["a little different"] }));
  const spread = { revision: 3, change: "spread", days: days("2026-02-03", "2026-02-04") } as const;
  await deliver(incident({ ...gravest, ...spread, remarks: [{ text: "2026-02-04 is bad too", aloud: true }] }));
  await deliver(incident({ ...gravest, ...spread }));
  await deliver(incident({ ...gravest, revision: 4, ...over }));
  expect(texts().map((text) => text.split("\n")[0]?.slice(0, 30))).toEqual([
    "🚨 critical: boxscores fails f",
    "🚨 critical: boxscores fails f",
    "✅ resolved: boxscores fails · ",
  ]);
  expect(texts()[1]).toContain("• 2026-02-04 is bad too");
  expect(counts("#fire")).toEqual({ posts: 3, edits: 0, replies: 0, mentions: 2 });
});

test("where nothing can be edited, an update that comes together with news does not hide it", async () => {
  const { chat, counts } = slack({ isEditable: false });
  const { deliver } = notifier(chat);
  await deliver(incident());
  await deliver(incident({ revision: 2, ...over }));
  await deliver(
    incident({ revision: 3, change: "reopened" }),
    incident({ revision: 4, change: "updated", facts: ["games: 8 is below 11"] }),
  );
  expect(counts("#canary").posts).toBe(3);
});

test("a run tries a channel that fails at growing distances, and tells the others", async () => {
  let calls = 0;
  const { chat } = slack();
  const hanging: Chat = {
    ...chat,
    post: (channel, message) => (channel === "#canary" ? (calls++, Promise.reject(lost)) : chat.post(channel, message)),
  };
  const { run, store } = notifier(hanging);
  const failing = Array.from({ length: 30 }, (_, index) => incidentData({ key: `canary:raw.check-${index}` }));
  await store(...failing, incidentData({ key: "watch:drift", channel: "watch" }));
  expect((await run()).result).toMatchObject({ verdict: "unknown", counts: { open: 31, told: 1 } });
  expect(calls).toBeLessThanOrEqual(3);
});

test("a run tells what is open and was never told to this receiver, and costs only reads when nothing is new", async () => {
  const { chat, texts } = slack();
  const { run, store, stage } = notifier(chat);
  await store(incidentData(), incidentData({ key: "canary:quiet.one", post: false }), incidentData({ key: "canary:old.one", ...over }));
  const told = await run();
  expect(told.result).toMatchObject({ verdict: "ok", counts: { open: 2, told: 1 } });
  expect(told.events).toMatchObject([{ kind: "post", key: "canary:raw.boxscores" }]);
  const readOnly = { ...stage, documents: { ...stage.documents, commit: () => Promise.reject(new Error("a write")) } };
  expect((await notifier(chat, readOnly).run()).result).toMatchObject({ verdict: "ok", counts: { open: 2, told: 0 } });
  expect(texts()).toHaveLength(1);
});

test("what was told on the terminal is told in Slack", async () => {
  const terminal = slack();
  const { deliver, stage, store } = notifier({ ...terminal.chat, receiver: "terminal" });
  await deliver(incident());
  await store(incidentData());
  const { chat, texts } = slack();
  await notifier(chat, stage).run();
  expect(texts()).toHaveLength(1);
});

test.for([
  ["refused", refused],
  ["unreachable", lost],
] as const)("a run that finds the receiver %s could not look, and says what was the matter", async ([, failure]) => {
  const { chat } = slack({ before: failure });
  const { run, store } = notifier(chat);
  await store(incidentData());
  expect((await run()).result).toMatchObject({ verdict: "unknown", reason: failure.message, cause: "slack" });
});

test("a refusal that nothing waits for any more is over with the next run", async () => {
  const { chat, failing } = slack({ before: refused });
  const { deliver, fails, run, store } = notifier(chat);
  await fails(incident());
  failing.before = undefined;
  const subject = { kind: "dead-letter", function: "slack-notifier" } as const;
  await store(incidentData({ key: "dead-letter:slack-notifier", subject, cause: "slack" }));
  expect((await run()).result).toMatchObject({ observations: [] });
  await deliver(incident({ revision: 2, post: false }));
  expect((await run()).result).toMatchObject({ observations: [{ subject, verdict: "ok" }] });
});

test("work that waits for a person is not over because no message is refused", async () => {
  const { chat } = slack();
  const { run, store, stage } = notifier(chat);
  const subject = { kind: "dead-letter", function: "slack-notifier" } as const;
  await store(incidentData({ key: "dead-letter:slack-notifier", subject }));
  await stage.set(deadLetters, "letter", { function: "slack-notifier", needs_person: true });
  expect((await run()).result).toMatchObject({ observations: [] });
  await stage.set(deadLetters, "letter", { function: "slack-notifier", needs_person: false });
  expect((await run()).result).toMatchObject({ observations: [{ subject, verdict: "ok" }] });
});

test("what version 0.1.0 has told is not told again: its message is edited", async () => {
  const { chat, messages, counts } = slack();
  const { deliver, stage, run, store } = notifier(chat);
  const address = await chat.post("#canary", {
    key: "k",
    headline: "old",
    facts: [],
    steps: [],
    notes: [],
    tone: "red",
    mention: false,
    actions: [],
  });
  const old = {
    key: "canary:raw.boxscores",
    channel: "#canary",
    posted: 3,
    address: { channel: address.channel, ts: address.id },
    text: "old",
  };
  await stage.set("kintsugi_notifications", derivedId("canary:raw.boxscores", opened), old);
  await store(incidentData({ revision: 3 }));
  await run();
  expect(await deliver(incident({ revision: 3 }))).toEqual([]);
  await deliver(incident({ revision: 4, facts: ["new"] }));
  expect(messages.map(({ text }) => text)).toEqual([expect.stringContaining("new")]);
  expect(counts("#canary")).toMatchObject({ posts: 1, edits: 1 });
});

test("over real HTTP: a connection that breaks after the post makes no second message", async () => {
  const server = await startSlackServer();
  try {
    const { counted, settled } = realCalls();
    const clock = virtualClock(startMs);
    const chat = slackChat({ token: "xoxb-test", url: server.url, now: clock.now, monotonicMs: clock.now });
    const calls = { post: counted(chat.post), update: counted(chat.update), reply: counted(chat.reply), find: counted(chat.find) };
    const { deliver, fails } = notifier({ ...chat, ...calls }, openDocuments(), { clock, settle: settled });
    server.misbehave("ambiguous");
    expect((await fails(incident())).result).toMatchObject({ failure: "transient" });
    expect(server.messages).toHaveLength(1);
    server.misbehave("limited");
    expect((await fails(incident())).result).toMatchObject({ failure: "wait-until" });
    server.misbehave(undefined);
    expect(await deliver(incident())).toMatchObject([{ kind: "post", channel: "#canary" }, { kind: "edit" }]);
    await deliver(incident({ revision: 2, facts: ["games: 8 is below 11"] }));
    expect(server.messages.map(({ text }) => text)).toEqual([expect.stringContaining("games: 8 is below 11")]);
  } finally {
    await server.close();
  }
});
