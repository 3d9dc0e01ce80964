import type { ChatMessage } from "@kintsugi/ports/chat";
import { Failure } from "@kintsugi/ports/failure";
import { expect, test } from "vitest";
import { slackWebhooks } from "./slack-webhooks.ts";

const SECRET = "https://hooks.slack.test/services/T0/B0/secret-path";
const nowMs = Date.parse("2026-02-05T20:00:00Z");
const message: ChatMessage = {
  key: "k",
  headline: "red: rows fail",
  facts: ["1 of 2"],
  steps: ["kintsugi why rows"],
  notes: ["canary:raw.rows"],
  tone: "red",
  mention: true,
  actions: [{ name: "acknowledge", label: "Acknowledge", value: "{}" }],
};

type Sent = { readonly url: string; readonly body: { text: string; blocks?: readonly { type: string }[] } };

function open(...answers: readonly (Response | Error)[]) {
  const sent: Sent[] = [];
  const queue = [...answers];
  const fetch = async (url: unknown, init: { body?: unknown } = {}): Promise<Response> => {
    sent.push({ url: String(url), body: JSON.parse(String(init.body)) as Sent["body"] });
    const next = queue.shift() ?? new Response("ok");
    if (next instanceof Error) throw next;
    return next;
  };
  const chat = slackWebhooks({ webhooks: { "#alerts": SECRET }, fetch, now: () => nowMs });
  return { chat, sent };
}

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const failure: unknown = await promise.catch((error: unknown) => error);
  if (!(failure instanceof Failure)) throw new Error(`no failure: ${String(failure)}`);
  return failure;
}

test("a message is posted to the channel's address, without buttons, since it would keep them for ever", async () => {
  const { chat, sent } = open();
  expect(await chat.post("#alerts", message)).toEqual({ channel: "#alerts", id: "k" });
  expect(sent.map(({ url }) => url)).toEqual([SECRET]);
  expect(sent[0]!.body.text.startsWith("<!here> 🔴 *red: rows fail*")).toBe(true);
  expect(sent[0]!.body.blocks?.map(({ type }) => type)).toEqual(["section", "section", "section", "context"]);
});

test("a reply is a message of its own", async () => {
  const { chat, sent } = open();
  await chat.reply({ channel: "#alerts", id: "k" }, { key: "k:2", text: "resolved", isAloud: false, mention: false });
  expect(sent.map(({ body }) => body)).toEqual([{ text: "resolved", unfurl_links: false, unfurl_media: false }]);
});

test("nothing is edited, and nothing is found", async () => {
  const { chat, sent } = open();
  expect(chat.isEditable).toBe(false);
  expect(await failureOf(chat.update({ channel: "#alerts", id: "k" }, message))).toMatchObject({ failure: "permanent" });
  expect(await chat.find("#alerts", "k", 0)).toBeUndefined();
  expect(sent).toEqual([]);
});

test("what is refused for its blocks is sent as text", async () => {
  const { chat, sent } = open(new Response("invalid_blocks", { status: 400 }));
  await chat.post("#alerts", message);
  expect(sent.map(({ body }) => body.blocks !== undefined)).toEqual([true, false]);
});

const limited = new Response("", { status: 429, headers: { "retry-after": "30" } });
const away = Object.assign(new TypeError(`fetch failed: ${SECRET}`), { cause: { code: "ECONNREFUSED" } });
test.for<[name: string, answer: Response | Error, failure: string, about: string | undefined]>([
  ["403", new Response("invalid_token", { status: 403 }), "needs-human", "slack #alerts"],
  ["404", new Response("no_service", { status: 404 }), "needs-human", "slack #alerts"],
  ["410", new Response("channel_is_archived", { status: 410 }), "needs-human", "slack #alerts"],
  ["429", limited, "wait-until", "slack #alerts"],
  ["500", new Response("<html>", { status: 500 }), "transient", "slack"],
  ["no answer", away, "transient", "slack"],
  ["a time-out", new DOMException(`aborted ${SECRET}`, "TimeoutError"), "transient", "slack"],
  ["a redirection", new Response("", { status: 302 }), "permanent", undefined],
])("%s is %s, and its address is in no words", async ([, answer, failure, about]) => {
  const failed = await failureOf(open(answer).chat.post("#alerts", message));
  expect(failed).toMatchObject({ failure, about });
  expect(`${failed.message} ${failed.stack} ${JSON.stringify(failed.cause ?? "")}`).not.toMatch(/secret-path|hooks\.slack/);
});

test("Retry-After says until when", async () => {
  const answer = new Response("", { status: 429, headers: { "retry-after": "30" } });
  expect(await failureOf(open(answer).chat.post("#alerts", message))).toMatchObject({ untilMs: nowMs + 30_000 });
});

test("a channel without a webhook needs a person, and is told at start", async () => {
  const { chat } = open();
  expect(await failureOf(chat.post("#other", message))).toMatchObject({ failure: "needs-human", about: "slack #other" });
  expect(await chat.problems(["#alerts", "#other", "#other"])).toEqual([
    "#other: there is no webhook for it: give its address under slack.webhooks, or a slack.token",
  ]);
});

test("an address that is none is told at start, without its text", async () => {
  const chat = slackWebhooks({ webhooks: { "#alerts": "secret-path" }, fetch, now: () => nowMs });
  expect(await chat.problems(["#alerts"])).toEqual(["#alerts: its address under slack.webhooks is no https address"]);
  const failed = await failureOf(chat.post("#alerts", message));
  expect(failed.failure).toBe("needs-human");
  expect(failed.message).not.toContain("secret-path");
});
