import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ChatMessage } from "@kintsugi/ports/chat";
import { Failure } from "@kintsugi/ports/failure";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { slackChat } from "./slack-chat.ts";

type Answer = { status: number; headers?: Record<string, string>; body: string };
type Call = { method: string; body: Record<string, string> };

const nowMs = Date.parse("2026-02-05T20:00:00Z");
const message: ChatMessage = {
  key: "k",
  headline: "red: rows fail",
  facts: ["1 of 2"],
  steps: ["kintsugi why rows"],
  notes: [],
  tone: "red",
  mention: false,
  actions: [],
};

/** What Slack answers, by method; all else is fine. */
const answers = new Map<string, Answer[]>();
const calls: Call[] = [];
const server = createServer((request, response) => {
  const method = (request.url ?? "").split("/").at(-1) ?? "";
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => void chunks.push(chunk));
  request.on("end", () => {
    calls.push({ method, body: Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString())) });
    const queue = answers.get(method) ?? [];
    const next = (queue.length > 1 ? queue.shift() : queue[0]) ?? ok({ channel: "C1", ts: "1.000001" });
    response.writeHead(next.status, { "content-type": "application/json", ...next.headers });
    response.end(next.body);
  });
});
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
});
afterAll(() => void server.close());
beforeEach(() => {
  answers.clear();
  calls.length = 0;
});

const ok = (body: object): Answer => ({ status: 200, body: JSON.stringify({ ok: true, ...body }) });
const refusal = (error: string, more: object = {}): Answer => ({ status: 200, body: JSON.stringify({ ok: false, error, ...more }) });
const open = () => slackChat({ token: "xoxb-for-tests-only", url, now: () => nowMs });

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const failure: unknown = await promise.catch((error: unknown) => error);
  if (!(failure instanceof Failure)) throw new Error(`no failure: ${String(failure)}`);
  return failure;
}

function posting(answer: Answer): Promise<Failure> {
  answers.set("chat.postMessage", [answer]);
  return failureOf(open().post("#alerts", message));
}

test.for<[error: string, failure: string, about: string | undefined]>([
  ["channel_not_found", "needs-human", "slack #alerts"],
  ["not_in_channel", "needs-human", "slack #alerts"],
  ["is_archived", "needs-human", "slack #alerts"],
  ["invalid_auth", "needs-human", "slack"],
  ["token_revoked", "needs-human", "slack"],
  ["token_expired", "needs-human", "slack"],
  ["account_inactive", "needs-human", "slack"],
  ["not_authed", "needs-human", "slack"],
  ["missing_scope", "needs-human", "slack"],
  ["no_text", "permanent", undefined],
  ["invalid_blocks", "permanent", undefined],
  ["msg_too_long", "permanent", undefined],
  ["fatal_error", "transient", "slack"],
  ["ratelimited", "wait-until", "slack"],
])("%s is %s, about %s", async ([error, failure, about]) => {
  expect(await posting(refusal(error))).toMatchObject({ failure, about });
});

test.for<[error: string, more: object, words: string]>([
  ["not_in_channel", {}, "slack: #alerts: not_in_channel: invite the app with /invite"],
  ["missing_scope", { needed: "chat:write" }, "slack: missing_scope (chat:write): add the scope to the app and install it again"],
])("%s names its remedy", async ([error, more, words]) => {
  expect((await posting(refusal(error, more))).message).toBe(words);
});

test.for([
  ["a 500 with HTML", 500, "<html>sorry</html>"],
  ["a 503 without a body", 503, ""],
  ["truncated JSON", 200, '{"ok":tr'],
  ["an answer that does not say where", 200, '{"ok":true}'],
] as const)("%s is transient: it may have posted", async ([, status, body]) => {
  expect(await posting({ status, body })).toMatchObject({ failure: "transient", about: "slack" });
});

test.for<[retryAfter: string | undefined, waitMs: number]>([
  ["30", 30_000],
  ["3600", 900_000],
  [undefined, 30_000],
  ["soon", 30_000],
  ["Wed, 21 Oct 2026 07:28:00 GMT", 30_000],
])("a 429 says for how long, up to 15 minutes: Retry-After %s", async ([seconds, waitMs]) => {
  const headers: Record<string, string> = seconds === undefined ? {} : { "retry-after": seconds };
  const failure = await posting({ status: 429, headers, body: "" });
  expect(failure).toMatchObject({ failure: "wait-until", untilMs: nowMs + waitMs });
});

test("the token is in no failure", async () => {
  const failure = await posting(refusal("invalid_auth"));
  expect(`${failure.message} ${String(failure.cause)}`).not.toContain("xoxb-for-tests-only");
});

test.for(["message_not_found", "cant_update_message", "edit_window_closed"])("an edit that ends in %s is permanent", async (error) => {
  answers.set("chat.update", [refusal(error)]);
  const failure = await failureOf(open().update({ channel: "C1", id: "1.1" }, message));
  expect([failure.failure, failure.about]).toEqual(["permanent", undefined]);
});

test("a channel that was posted to keeps its name in what is said of it later", async () => {
  const chat = open();
  const address = await chat.post("#alerts", message);
  answers.set("chat.update", [refusal("is_archived")]);
  expect(await failureOf(chat.update(address, message))).toMatchObject({ about: "slack #alerts" });
});

test("a message has blocks, a text and the mark by which it is found", async () => {
  await open().post("#alerts", message);
  const { body } = calls[0]!;
  expect(JSON.parse(body["blocks"]!)).toMatchObject([{ type: "section" }, { type: "section" }, { type: "section" }]);
  expect(body["text"]).toContain("red: rows fail");
  expect(JSON.parse(body["metadata"]!)).toEqual({ event_type: "kintsugi_message", event_payload: { key: "k" } });
});

test.for(["invalid_blocks", "msg_too_long", "msg_blocks_too_long"])("a post that is refused as %s is made as text", async (error) => {
  answers.set("chat.postMessage", [refusal(error), ok({ channel: "C1", ts: "2.1" })]);
  expect(await open().post("#alerts", message)).toEqual({ channel: "C1", id: "2.1" });
  expect(calls.map(({ body }) => "blocks" in body)).toEqual([true, false]);
  expect(calls[1]!.body["text"]).toContain("kintsugi why rows");
});

test("an edit that is refused for its blocks takes the old ones away", async () => {
  answers.set("chat.update", [refusal("invalid_blocks"), ok({ channel: "C1", ts: "1.1" })]);
  await open().update({ channel: "C1", id: "1.1" }, message);
  expect(calls[1]!.body["blocks"]).toBe("[]");
});

test.for<[name: string, isAloud: boolean, broadcast: string | undefined]>([
  ["a quiet reply stays in the thread", false, undefined],
  ["a reply aloud is shown in the channel", true, "true"],
])("%s", async ([, isAloud, broadcast]) => {
  await open().reply({ channel: "C1", id: "1.1" }, { key: "k:2", text: "worse", isAloud, mention: true });
  expect(calls[0]!.body["reply_broadcast"]).toBe(broadcast);
  expect(calls[0]!.body).toMatchObject({ thread_ts: "1.1", text: "<!here> worse" });
});

const listed = { name: "here", id: "C1", is_member: true };
test.for<[name: string, list: Answer, scopes: string, problems: readonly string[]]>([
  ["nothing is wrong", ok({ channels: [listed] }), "chat:write", []],
  [
    "a channel does not exist",
    ok({ channels: [] }),
    "chat:write",
    ["#here: channel_not_found: create the channel, or invite the app with /invite"],
  ],
  [
    "the app is no member",
    ok({ channels: [{ ...listed, is_member: false }] }),
    "chat:write",
    ["#here: not_in_channel: invite the app with /invite"],
  ],
  ["the app may post to all public channels", ok({ channels: [{ ...listed, is_member: false }] }), "chat:write,chat:write.public", []],
  [
    "the channel is archived",
    ok({ channels: [{ ...listed, is_archived: true }] }),
    "chat:write",
    ["#here: is_archived: restore the channel, or name another under slack.channels"],
  ],
  [
    "channels may not be listed",
    refusal("missing_scope", { needed: "channels:read" }),
    "chat:write",
    ["slack: missing_scope (channels:read): add the scope to the app and install it again"],
  ],
  ["Slack is away", { status: 503, body: "" }, "chat:write", []],
])("problems: %s", async ([, list, scopes, problems]) => {
  answers.set("auth.test", [{ ...ok({}), headers: { "x-oauth-scopes": scopes } }]);
  answers.set("conversations.list", [list]);
  expect(await open().problems(["#here", "#here"])).toEqual(problems);
});

test("problems: a bad token is one problem, whatever channels there are", async () => {
  answers.set("auth.test", [refusal("invalid_auth")]);
  expect(await open().problems(["#a", "#b"])).toEqual([
    "slack: invalid_auth: give the bot token (xoxb-…) of an installed app as slack.token",
  ]);
});

test("a private channel is looked for where no public one has the name, page by page", async () => {
  answers.set("conversations.list", [
    ok({ channels: [{ id: "C9", name: "other" }], response_metadata: { next_cursor: "more" } }),
    ok({ channels: [{ id: "C8", name: "another" }] }),
    ok({ channels: [{ id: "G1", name: "secret", is_private: true }] }),
  ]);
  answers.set("conversations.history", [ok({ messages: [] })]);
  await open().find("#secret", "k", 0);
  expect(calls.map(({ method, body }) => [method, body["types"] ?? body["channel"], body["cursor"]])).toEqual([
    ["conversations.list", "public_channel", undefined],
    ["conversations.list", "public_channel", "more"],
    ["conversations.list", "private_channel", undefined],
    ["conversations.history", "G1", undefined],
  ]);
});

test.for<[name: string, channel: string, asked: readonly (string | undefined)[]]>([
  ["a public channel takes no scope for private ones", "#here", ["public_channel", "C1"]],
  ["a conversation of several people", "#mpdm-ann--bob-1", ["mpim", "G7"]],
  ["a channel by its id is not looked for", "G0123ABCD", ["G0123ABCD"]],
  ["a conversation with one person, by its id", "D0123ABCD", ["D0123ABCD"]],
])("%s", async ([, channel, asked]) => {
  const here = { id: channel === "#here" ? "C1" : "G7", name: channel.slice(1) };
  answers.set("conversations.list", [ok({ channels: [here] })]);
  answers.set("conversations.history", [ok({ messages: [] })]);
  await open().find(channel, "k", 0);
  expect(calls.map(({ body }) => body["types"] ?? body["channel"])).toEqual(asked);
});

test("a private channel that may not be listed waits for its scope: it is not taken for missing, and nothing is said twice", async () => {
  answers.set("conversations.list", [ok({ channels: [] }), refusal("missing_scope", { needed: "groups:read" })]);
  expect(await failureOf(open().find("#secret", "k", 0))).toMatchObject({ failure: "needs-human", about: "slack" });
});

const marked = (ts: number, key: string) => ({ ts: `${ts}.000001`, metadata: { event_type: "kintsugi_message", event_payload: { key } } });
const seconds = nowMs / 1_000;

test.for<[name: string, pages: readonly (readonly object[])[], found: boolean, asked: number, slackAheadS?: number]>([
  ["on the second page", [[marked(seconds, "x")], [marked(seconds - 9, "k")]], true, 2],
  ["a page that reaches back far enough is the last", [[marked(seconds - 400, "x")], [marked(seconds - 401, "k")]], false, 1],
  ["a page that reaches back less than the margin is not", [[marked(seconds - 290, "x")], [marked(seconds - 299, "k")]], true, 2],
  ["Slack is 20 min behind our clock", [[marked(seconds - 1_205, "x")], [marked(seconds - 1_209, "k")]], true, 2, -1_200],
  ["Slack is 20 min ahead of our clock", [[marked(seconds + 890, "x")], [marked(seconds + 800, "x")]], false, 1, 1_200],
  ["after ten pages the search ends, and it is taken for not posted", Array.from({ length: 12 }, () => [marked(seconds, "x")]), false, 10],
])("a message is looked for in the history: %s", async ([, pages, isFound, asked, slackAheadS = 0]) => {
  const all = pages.map((messages, index) =>
    ok({ messages, response_metadata: { next_cursor: index + 1 < pages.length ? `page-${index + 1}` : "" } }),
  );
  answers.set(
    "conversations.history",
    all.map((answer) => ({ ...answer, headers: { date: new Date(nowMs + slackAheadS * 1_000).toUTCString() } })),
  );
  let elapsedMs = 0;
  const found = await slackChat({ token: "xoxb-for-tests-only", url, now: () => nowMs, monotonicMs: () => (elapsedMs += 2_000) }).find(
    "C1",
    "k",
    nowMs,
  );
  expect(found !== undefined).toBe(isFound);
  expect(calls.map(({ body }) => body["cursor"])).toEqual([
    undefined,
    ...Array.from({ length: asked - 1 }, (_, index) => `page-${index + 1}`),
  ]);
  expect(calls[0]!.body).toMatchObject({ include_all_metadata: "true" });
});
