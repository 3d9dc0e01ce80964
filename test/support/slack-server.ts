/** A Slack Web API of our own over real HTTP: keeps messages, their blocks and their metadata, and misbehaves on demand. */

import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export type SlackServer = {
  /** Base URL for a client. */
  readonly url: string;
  readonly messages: readonly SlackMessage[];
  /** Where words for who has pressed a button are posted, and what was posted there. */
  readonly responseUrl: string;
  readonly whispers: readonly unknown[];
  /** `ambiguous`: does it, then breaks the connection; `limited`: 429. */
  misbehave(how: "ambiguous" | "limited" | undefined): void;
  /** From now on a method such as `chat.update` is refused with an error such as `message_not_found`; undefined: no longer. */
  refuse(method: string, error: string | undefined): void;
  /** A person deletes a message. */
  remove(id: string): void;
  close(): Promise<void>;
};

export type SlackMessage = {
  readonly channel: string;
  readonly ts: string;
  text: string;
  blocks: readonly unknown[];
  readonly metadata: unknown;
  readonly thread?: string;
  /** A reply that is shown in the channel too. */
  readonly isBroadcast: boolean;
};

/** Those of a configuration that names none, besides the ones that were posted to. */
const CHANNELS = ["deployment-alerts", "canary-alerts", "healing-alerts", "monitoring-alerts", "app-error-alerts"];

const RESPONSES = "/actions/T1/1";

export async function startSlackServer(): Promise<SlackServer> {
  const slack = workspace();
  const refusals = new Map<string, string>();
  const whispers: unknown[] = [];
  let how: "ambiguous" | "limited" | undefined;
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      if (request.url === RESPONSES) {
        whispers.push(JSON.parse(body));
        response.end("ok");
        return;
      }
      const method = (request.url ?? "").split("/").at(-1) ?? "";
      if (how === "limited") {
        response.writeHead(429, { "retry-after": "1" });
        response.end();
        return;
      }
      const refusal = refusals.get(method);
      const answered = refusal === undefined ? slack.answer(method, new URLSearchParams(body)) : { ok: false, error: refusal };
      if (how === "ambiguous" && method.startsWith("chat.")) {
        request.socket.destroy();
        return;
      }
      response.writeHead(200, { "content-type": "application/json", "x-oauth-scopes": "chat:write,channels:read" });
      response.end(JSON.stringify(answered));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/api/`,
    messages: slack.messages,
    responseUrl: `${origin}${RESPONSES}`,
    whispers,
    misbehave: (next) => void (how = next),
    refuse: (method, error) => void (error === undefined ? refusals.delete(method) : refusals.set(method, error)),
    remove: slack.remove,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function workspace() {
  const messages: SlackMessage[] = [];
  let sequence = 0;

  function post(body: URLSearchParams): object {
    const [channel, thread] = [idOf(body.get("channel") ?? ""), body.get("thread_ts")];
    if (thread !== null && !messages.some(({ ts }) => ts === thread)) return { ok: false, error: "message_not_found" };
    const ts = `${Math.floor(Date.now() / 1_000)}.${String(++sequence).padStart(6, "0")}`;
    messages.push({
      channel,
      ts,
      text: body.get("text") ?? "",
      blocks: JSON.parse(body.get("blocks") ?? "[]") as unknown[],
      metadata: JSON.parse(body.get("metadata") ?? "null"),
      ...(thread === null ? {} : { thread }),
      isBroadcast: body.get("reply_broadcast") === "true",
    });
    return { ok: true, channel, ts };
  }

  function update(body: URLSearchParams): object {
    const message = messages.find(({ ts }) => ts === body.get("ts"));
    if (message === undefined) return { ok: false, error: "message_not_found" };
    message.text = body.get("text") ?? "";
    // Slack keeps the blocks that an edit does not name.
    const blocks = body.get("blocks");
    if (blocks !== null) message.blocks = JSON.parse(blocks) as unknown[];
    return { ok: true, channel: body.get("channel"), ts: message.ts };
  }

  function answer(method: string, body: URLSearchParams): object {
    const channel = idOf(body.get("channel") ?? "");
    switch (method) {
      case "auth.test":
        return { ok: true, url: "https://kintsugi.slack.test/", team: "kintsugi", user: "kintsugi" };
      case "chat.postMessage":
        return post(body);
      case "chat.update":
        return update(body);
      case "conversations.list": {
        const ids = new Set([...CHANNELS.map((name) => idOf(`#${name}`)), ...messages.map((message) => message.channel)]);
        const channels = [...ids].map((id) => ({ id, name: id.slice(1).toLowerCase(), is_member: true, is_archived: false }));
        return { ok: true, channels };
      }
      case "conversations.history":
        return { ok: true, messages: messages.filter((message) => message.channel === channel && isShown(message)).toReversed() };
      case "conversations.replies": {
        const ts = body.get("ts");
        return {
          ok: true,
          messages: messages.filter((message) => message.channel === channel && (message.ts === ts || message.thread === ts)),
        };
      }
      default:
        return { ok: false, error: "unknown_method" };
    }
  }

  return {
    messages: messages as readonly SlackMessage[],
    answer,
    remove: (id: string) => void messages.splice(0, messages.length, ...messages.filter(({ ts }) => ts !== id)),
  };
}

function isShown({ thread, isBroadcast }: SlackMessage): boolean {
  return thread === undefined || isBroadcast;
}

/** Channels are answered by id, as Slack does. */
function idOf(channel: string): string {
  return channel.startsWith("#") ? `C${channel.slice(1).toUpperCase()}` : channel;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
