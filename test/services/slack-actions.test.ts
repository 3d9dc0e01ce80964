import { createHmac } from "node:crypto";
import { answerRoute } from "@kintsugi/function-kit/answer-route";
import type { Dependencies } from "@kintsugi/function-kit/declaration";
import { decodeMessage } from "@kintsugi/function-kit/decode-message";
import { fetchWebhook } from "@kintsugi/notify/fetch-webhook";
import { slackNotifier } from "@kintsugi/slack-notifier/function";
import { expect, test } from "vitest";
import { configOf, openDocuments } from "../support/service-stage.ts";
import { startSlackServer } from "../support/slack-server.ts";

const secret = "signing-secret-for-tests";
const startMs = Date.parse("2026-02-05T20:00:00Z");
const key = "canary:raw.boxscores";

type Given = {
  readonly action?: string;
  readonly value?: object;
  readonly user?: string;
  readonly pressedMs?: number;
  readonly url?: string;
};

function bodyOf({ action = "acknowledge", value = { incident: key }, user = "U1", pressedMs = startMs, url }: Given): string {
  const actions = [{ action_id: action, value: JSON.stringify(value), action_ts: (pressedMs / 1_000).toFixed(6) }];
  const person = { id: user, username: `name of ${user}` };
  const payload = { type: "block_actions", user: person, actions, message: { ts: "1.1" }, response_url: url };
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

const never = new Promise<never>(() => {});

type Slack = { readonly signingSecret?: string; readonly operators?: readonly string[] };

/** @param sleep of the clock: whoever waits for Slack waits so long at most */
function open(
  given: Slack = { signingSecret: secret },
  {
    sendWebhook = fetchWebhook(fetch),
    sleep = (): Promise<void> => never,
  }: Partial<Pick<Dependencies, "sendWebhook"> & { sleep: () => Promise<void> }> = {},
) {
  const { documents, published } = openDocuments();
  let nowMs = startMs;
  const plain = configOf("");
  const dependencies = {
    config: { ...plain, slack: { ...plain.slack, ...given } },
    documents,
    clock: { now: () => nowMs, sleep },
    sendWebhook,
  } as unknown as Dependencies;
  const answer = answerRoute(slackNotifier, dependencies);

  async function send(body: string, { by = secret, atMs = startMs } = {}) {
    nowMs = atMs;
    const timestamp = String(Math.floor(startMs / 1_000));
    const signature = `v0=${createHmac("sha256", by).update(`v0:${timestamp}:${body}`).digest("hex")}`;
    const headers = { "x-slack-request-timestamp": timestamp, "x-slack-signature": signature };
    return await answer({ method: "POST", path: "/slack/actions", headers, body: Buffer.from(body) });
  }
  const events = () =>
    published.map((message, index) => {
      const decoded = decodeMessage({ ...message, messageId: `m${index}`, publishedMs: nowMs }, nowMs);
      if ("reason" in decoded) throw new Error(decoded.reason);
      return { ...decoded.event, digest: decoded.digest };
    });
  return { send, press: (given: Given = {}, how = {}) => send(bodyOf(given), how), events };
}

test("a press is an operator's word, with who pressed, and is answered to who pressed alone", async () => {
  const { press, events } = open();
  expect(await press()).toEqual({
    status: 200,
    body: { response_type: "ephemeral", replace_original: false, text: `${key} is acknowledged by name of U1` },
  });
  expect(events()).toMatchObject([
    { type: "incident.acknowledged", subject: key, time: "2026-02-05T20:00:00.000Z", data: { incident: key, actor: "name of U1" } },
  ]);
});

test("the presses of a double click are one event: the same id, and the same content", async () => {
  const { press, events } = open();
  await press({ action: "silence" });
  await press({ action: "silence", pressedMs: startMs + 250 }, { atMs: startMs + 900 });
  const [first, ...others] = events();
  expect(others.length).toBeLessThanOrEqual(1);
  for (const other of others) expect(other).toEqual(first);
});

test("so are the presses of a double click that arrive at the same time", async () => {
  const { press, events } = open();
  const answers = await Promise.all([press(), press({ pressedMs: startMs + 250 })]);
  expect(answers.map((answered) => answered?.status)).toEqual([200, 200]);
  expect(new Set(events().map(({ id, digest }) => `${id} ${digest}`)).size).toBe(1);
});

test.for<[name: string, second: Given]>([
  ["the same button a minute later", { pressedMs: startMs + 60_000 }],
  ["another button", { action: "silence" }],
  ["another person", { user: "U2" }],
  ["another incident", { value: { incident: "canary:raw.other" } }],
])("%s is an event of its own", async ([, second]) => {
  const { press, events } = open();
  await press();
  await press(second);
  expect(new Set(events().map(({ id }) => id)).size).toBe(2);
});

test.for<[name: string, how: { by?: string; atMs?: number }, status: number]>([
  ["signed by somebody else", { by: "another" }, 401],
  ["5 minutes old", { atMs: startMs + 300_000 }, 200],
  ["5 minutes and a second old", { atMs: startMs + 301_000 }, 401],
])("%s: %i", async ([, how, status]) => {
  const { press, events } = open();
  expect((await press({}, how))?.status).toBe(status);
  expect(events()).toHaveLength(status === 200 ? 1 : 0);
});

test("without a signing secret nothing is accepted, and the answer says what to give", async () => {
  const { press, events } = open({});
  expect(await press()).toMatchObject({ status: 403, body: { error: expect.stringContaining("slack.signing_secret") } });
  expect(events()).toEqual([]);
});

test("who is no operator is told so, and nothing happens", async () => {
  const { press, events } = open({ signingSecret: secret, operators: ["U2"] });
  expect(await press()).toMatchObject({ status: 200, body: { response_type: "ephemeral", text: expect.stringContaining("no operator") } });
  expect(events()).toEqual([]);
});

test.for<[name: string, given: Slack, atMs: number, words: string]>([
  ["who is no operator", { signingSecret: secret, operators: ["U2"] }, startMs, "no operator"],
  ["who pressed too long ago", { signingSecret: secret }, startMs + 301_000, "nothing was done: press again"],
])("in Slack itself %s reads why nothing happened, and nobody else does", async ([, given, atMs, words]) => {
  const server = await startSlackServer();
  const { press } = open(given);
  await press({ url: server.responseUrl }, { atMs });
  expect(server.whispers).toEqual([{ response_type: "ephemeral", replace_original: false, text: expect.stringContaining(words) }]);
  expect(server.messages).toEqual([]);
  await server.close();
});

test("words are posted to no address that Slack has not signed", async () => {
  const server = await startSlackServer();
  const { press } = open();
  expect((await press({ url: server.responseUrl }, { by: "another" }))?.status).toBe(401);
  expect(server.whispers).toEqual([]);
  await server.close();
});

test.for<[name: string, sendWebhook: Dependencies["sendWebhook"], sleep: () => Promise<void>]>([
  ["hangs", () => never, async () => {}],
  ["fails", () => Promise.reject(new Error("gone")), () => never],
])("a press that is refused is answered in time though Slack's own address %s", async ([, sendWebhook, sleep]) => {
  const { press } = open({ signingSecret: secret, operators: ["U2"] }, { sendWebhook, sleep });
  expect((await press({ url: "https://hooks.slack.test/actions/1" }))?.status).toBe(200);
});

test.for(["", "payload=", "payload=%7B", "payload=%7B%22type%22%3A%22view_submission%22%7D", '{"type":"block_actions"}'])(
  "a signed body that is no press is refused: %j",
  async (body) => {
    const { send, events } = open();
    expect((await send(body))?.status).toBe(400);
    expect(events()).toEqual([]);
  },
);
