import type { IncidentChanged, RepairsRecorded } from "@kintsugi/events/alerts";
import type { Event } from "@kintsugi/events/event";
import { slackChat } from "@kintsugi/gcp/slack-chat";
import type { Chat } from "@kintsugi/ports/chat";
import { Failure } from "@kintsugi/ports/failure";
import { fakeSlack } from "@kintsugi/simulator/fake-slack";
import { notify } from "@kintsugi/slack-notifier/handler";
import { expect, test } from "vitest";
import { configOf, openDocuments } from "../support/service-stage.ts";
import { startSlackServer } from "../support/slack-server.ts";

const start = Date.parse("2026-02-05T14:00:00Z");

function incident(change: Partial<IncidentChanged> = {}): Event {
  const data: IncidentChanged = {
    key: "canary:raw.boxscores",
    state: "open",
    severity: "red",
    revision: 1,
    title: "boxscores fails",
    facts: ["games: 7 is below 11"],
    next: ["kintsugi why canary:raw.boxscores"],
    channel: "canary",
    post: true,
    opened: "2026-02-05T14:00:00.000Z",
    last_seen: "2026-02-05T14:00:00.000Z",
    count: 1,
    explains: [],
    change: "opened",
    ...change,
  };
  const type = data.state === "resolved" ? "incident.resolved" : data.revision === 1 ? "incident.opened" : "incident.updated";
  return { id: `${data.key}:${data.revision}`, source: "test", type, time: data.last_seen, data };
}

function repairs(change: Partial<RepairsRecorded>): Event {
  const data = { healer: "batch_cleanup", day: "2026-02-05", revision: 1, count: 1, repairs: [], ...change };
  return { id: `repairs:${data.day}:${data.revision}`, source: "test", type: "repairs.recorded", time: "2026-02-05T14:00:00.000Z", data };
}

/** A notifier on real documents; `deliver` stores what the handler returns as the shell does, and throws what it throws. */
function notifier(chat: Chat) {
  const { documents } = openDocuments();
  const handle = notify({
    config: configOf('slack: { channels: { canary: "#canary", healing: "#nba", critical: "#fire" } }'),
    documents,
    chat,
  });
  let steps = 0;
  return async (...events: readonly Event[]) => {
    const { writes = [], publish = [] } = await handle(events, { nowMs: start + ++steps * 1_000 });
    await documents.commit({ writes, publish: [], outbox: `step ${steps}` });
    return publish.map(({ data }) => data);
  };
}

/** A fake that fails as it is told. */
function slack(failing: { before?: Failure | undefined; after?: Failure | undefined; update?: Failure | undefined } = {}) {
  const { chat, messages, counts } = fakeSlack(
    () => start,
    () => {},
  );
  const finds: string[] = [];
  const failingChat: Chat = {
    ...chat,
    async post(channel, message) {
      if (failing.before !== undefined) throw failing.before;
      const address = await chat.post(channel, message);
      if (failing.after !== undefined) throw failing.after;
      return address;
    },
    async reply(address, message) {
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
  return { chat: failingChat, messages, counts, finds, failing };
}

test("an incident is one message: posted once, edited as it changes, edited when it resolves", async () => {
  const { chat, messages, counts, finds } = slack();
  const deliver = notifier(chat);
  expect(await deliver(incident())).toMatchObject([{ key: "canary:raw.boxscores", revision: 1, kind: "post", channel: "#canary" }]);
  expect(await deliver(incident({ revision: 2, facts: ["games: 8 is below 11"] }))).toMatchObject([{ revision: 2, kind: "edit" }]);
  expect(messages[0]!.text).toContain("games: 8 is below 11");
  await deliver(incident({ revision: 3, state: "resolved", resolved: "2026-02-05T15:00:00.000Z", change: "resolved" }));
  expect(messages).toHaveLength(1);
  expect(messages[0]!.text).toContain("✅ resolved: boxscores fails");
  expect(counts("#canary")).toEqual({ posts: 1, edits: 2, replies: 0, mentions: 0 });
  expect(finds).toEqual([]);
});

test("what a person must mend makes a message wait: it comes back, and is told once when that is mended", async () => {
  const { chat, messages, failing } = slack({ before: new Failure("needs-human", "slack: invalid_auth") });
  const deliver = notifier(chat);
  await expect(deliver(incident())).rejects.toMatchObject({ failure: "transient", message: "slack: invalid_auth" });
  failing.before = undefined;
  await deliver(incident());
  expect(messages).toHaveLength(1);
});

test("a line in the thread that may have arrived is looked for, and said once", async () => {
  const { chat, messages, failing } = slack();
  const deliver = notifier(chat);
  await deliver(incident());
  failing.after = new Failure("transient", "timed out");
  const reminder = incident({ revision: 2, change: "reminder", thread: "still open" });
  await expect(deliver(reminder)).rejects.toThrow("timed out");
  failing.after = undefined;
  expect(await deliver(reminder)).toMatchObject([{ kind: "thread" }]);
  expect(messages.map(({ replies }) => replies.map(({ text }) => text))).toEqual([["still open"]]);
});

test("of several changes at once the last one counts", async () => {
  const { chat, messages, counts } = slack();
  expect(await notifier(chat)(incident({ revision: 2, facts: ["the newest"] }), incident())).toMatchObject([{ revision: 2, kind: "post" }]);
  expect(messages[0]!.text).toContain("the newest");
  expect(counts("#canary")).toMatchObject({ posts: 1, edits: 0 });
});

test("a change that says the same is no edit", async () => {
  const { chat, counts } = slack();
  const deliver = notifier(chat);
  await deliver(incident());
  expect(await deliver(incident({ revision: 2 }))).toEqual([]);
  expect(counts("#canary")).toMatchObject({ posts: 1, edits: 0 });
});

test("an older revision that comes late changes nothing", async () => {
  const { chat, messages } = slack();
  const deliver = notifier(chat);
  await deliver(incident({ revision: 2, facts: ["new"] }));
  expect(await deliver(incident({ facts: ["old"] }))).toEqual([]);
  expect(messages.map(({ text }) => text)).toEqual([expect.stringContaining("new")]);
});

test("what another incident explains is not posted, also where an older change that was to be posted comes late", async () => {
  const { chat, messages } = slack();
  const deliver = notifier(chat);
  expect(await deliver(incident({ revision: 2, post: false, root: "canary:scrape.files" }))).toEqual([]);
  expect(await deliver(incident())).toEqual([]);
  expect(messages).toEqual([]);
  expect(await deliver(incident({ revision: 3 }))).toMatchObject([{ revision: 3, kind: "post" }]);
});

test("a message that is explained by another later stays, and says so", async () => {
  const { chat, messages } = slack();
  const deliver = notifier(chat);
  await deliver(incident());
  await deliver(incident({ revision: 2, post: false, root: "canary:scrape.files" }));
  expect(messages.map(({ text }) => text)).toEqual([expect.stringContaining("explained by canary:scrape.files")]);
});

test("only the first post of something critical mentions people", async () => {
  const { chat, messages, counts } = slack();
  const deliver = notifier(chat);
  const critical = { severity: "critical", channel: "critical" } as const;
  await deliver(incident(critical));
  expect(messages[0]!.text).toMatch(/^<!here> /);
  await deliver(incident({ ...critical, revision: 2, facts: ["worse"] }));
  await deliver(incident({ ...critical, revision: 3, state: "resolved" }));
  expect(messages[0]!.text).not.toContain("<!here>");
  expect(counts("#fire")).toEqual({ posts: 1, edits: 2, replies: 0, mentions: 1 });
});

test("one that resolved before it could be told is told once, as resolved, and mentions nobody", async () => {
  const { chat, messages, counts } = slack();
  await notifier(chat)(incident({ severity: "critical" }), incident({ severity: "critical", revision: 2, state: "resolved" }));
  expect(messages.map(({ text }) => text)).toEqual([expect.stringMatching(/^\*✅ resolved/)]);
  expect(counts("#canary").mentions).toBe(0);
});

test("a reminder goes into the thread, and posts nothing new", async () => {
  const { chat, messages, counts } = slack();
  const deliver = notifier(chat);
  await deliver(incident());
  expect(await deliver(incident({ revision: 2, change: "reminder", thread: "still open, since 14:00Z" }))).toMatchObject([
    { kind: "thread" },
  ]);
  expect(messages.map(({ replies }) => replies.map(({ text }) => text))).toEqual([["still open, since 14:00Z"]]);
  expect(counts("#canary")).toEqual({ posts: 1, edits: 0, replies: 1, mentions: 0 });
});

test("the day's repairs are one message, edited with each; the next day has its own", async () => {
  const { chat, messages } = slack();
  const deliver = notifier(chat);
  await deliver(repairs({}));
  await deliver(repairs({ revision: 2, count: 2 }));
  await deliver(repairs({ day: "2026-02-06" }));
  expect(messages.map(({ channel, text }) => [channel, text])).toEqual([
    ["#nba", "*🔧 batch_cleanup repaired 2 times on 2026-02-05*, each proved"],
    ["#nba", "*🔧 batch_cleanup repaired once on 2026-02-06*, each proved"],
  ]);
});

const lost = new Failure("transient", "slack: timeout");

test("a time-out after posting makes no second message: the next try looks it up and edits it", async () => {
  const { chat, messages, failing, finds } = slack({ after: lost });
  const deliver = notifier(chat);
  await expect(deliver(incident())).rejects.toBe(lost);
  failing.after = undefined;
  expect(await deliver(incident())).toMatchObject([{ revision: 1, kind: "post" }]);
  expect(messages).toHaveLength(1);
  expect(finds).toEqual(["#canary"]);
});

test("a time-out before posting is made up for: the next try looks, finds nothing, and posts", async () => {
  const { chat, messages, failing, finds } = slack({ before: lost });
  const deliver = notifier(chat);
  await expect(deliver(incident())).rejects.toBe(lost);
  failing.before = undefined;
  await deliver(incident());
  expect(messages).toHaveLength(1);
  expect(finds).toEqual(["#canary"]);
});

test("a message that arrived unnoticed is edited, and not forgotten, when nobody is to be told any more", async () => {
  const { chat, messages, failing } = slack({ after: lost });
  const deliver = notifier(chat);
  await expect(deliver(incident())).rejects.toBe(lost);
  failing.after = undefined;
  await deliver(incident({ revision: 2, post: false, root: "canary:scrape.files" }));
  expect(messages.map(({ text }) => text)).toEqual([expect.stringContaining("explained by canary:scrape.files")]);
});

test("a message that did not arrive is not posted once nobody is to be told any more", async () => {
  const { chat, messages, failing } = slack({ before: lost });
  const deliver = notifier(chat);
  await expect(deliver(incident())).rejects.toBe(lost);
  failing.before = undefined;
  await deliver(incident({ revision: 2, post: false, root: "canary:scrape.files" }));
  await deliver(incident());
  expect(messages).toEqual([]);
});

test("where the second of two messages fails, the first is not posted again", async () => {
  const { chat, messages, failing } = slack();
  const deliver = notifier({
    ...chat,
    post: async (channel, message) => {
      if (messages.length === 1 && failing.after === undefined) {
        failing.after = lost;
        throw lost;
      }
      failing.after = undefined;
      return await chat.post(channel, message);
    },
  });
  const both = [incident(), incident({ key: "canary:analytics.summary" })];
  await expect(deliver(...both)).rejects.toBe(lost);
  await deliver(...both);
  expect(messages).toHaveLength(2);
});

test("a rate limit goes back to the bus, which knows until when to wait", async () => {
  const limited = new Failure("wait-until", "slack: rate limited", { untilMs: start + 30_000 });
  await expect(notifier(slack({ before: limited }).chat)(incident())).rejects.toMatchObject({
    failure: "wait-until",
    untilMs: start + 30_000,
  });
});

test("a message that people deleted is not posted again", async () => {
  const { chat, messages } = slack({ update: new Failure("permanent", "slack: message_not_found") });
  const deliver = notifier(chat);
  await deliver(incident());
  expect(await deliver(incident({ revision: 2, facts: ["more"] }))).toMatchObject([{ kind: "edit" }]);
  expect(messages).toHaveLength(1);
});

test("over real HTTP: a connection that breaks after the post makes no second message", async () => {
  const server = await startSlackServer();
  try {
    const deliver = notifier(slackChat({ token: "xoxb-test", url: server.url }));
    server.misbehave("ambiguous");
    await expect(deliver(incident())).rejects.toMatchObject({ failure: "transient" });
    expect(server.messages).toHaveLength(1);
    server.misbehave("limited");
    await expect(deliver(incident())).rejects.toMatchObject({ failure: "wait-until" });
    server.misbehave(undefined);
    expect(await deliver(incident())).toMatchObject([{ kind: "post", channel: "#canary" }]);
    await deliver(incident({ revision: 2, facts: ["games: 8 is below 11"] }));
    expect(server.messages.map(({ text }) => text)).toEqual([expect.stringContaining("games: 8 is below 11")]);
  } finally {
    await server.close();
  }
});
