/** A Slack Web API of our own over real HTTP: keeps messages and their metadata, and misbehaves on demand. */

import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export type SlackServer = {
  /** Base URL for a client. */
  readonly url: string;
  readonly messages: readonly SlackMessage[];
  /** `ambiguous`: does it, then breaks the connection; `limited`: 429. */
  misbehave(how: "ambiguous" | "limited" | undefined): void;
  close(): Promise<void>;
};

export type SlackMessage = {
  readonly channel: string;
  readonly ts: string;
  text: string;
  readonly metadata: unknown;
  readonly thread?: string;
};

export async function startSlackServer(): Promise<SlackServer> {
  const messages: SlackMessage[] = [];
  let how: "ambiguous" | "limited" | undefined;
  let sequence = 0;

  const answer = (method: string, body: URLSearchParams): object => {
    const channel = body.get("channel") ?? "";
    switch (method) {
      case "chat.postMessage": {
        const ts = `${Math.floor(Date.now() / 1_000)}.${String(++sequence).padStart(6, "0")}`;
        const id = idOf(channel);
        const thread = body.get("thread_ts");
        messages.push({
          channel: id,
          ts,
          text: body.get("text") ?? "",
          metadata: JSON.parse(body.get("metadata") ?? "null"),
          ...(thread === null ? {} : { thread }),
        });
        return { ok: true, channel: id, ts };
      }
      case "chat.update": {
        const message = messages.find(({ ts }) => ts === body.get("ts"));
        if (message === undefined) return { ok: false, error: "message_not_found" };
        message.text = body.get("text") ?? "";
        return { ok: true, channel, ts: message.ts };
      }
      case "conversations.list":
        return {
          ok: true,
          channels: [...new Set(messages.map((message) => message.channel))].map((id) => ({ id, name: id.slice(1).toLowerCase() })),
        };
      case "conversations.history":
        return {
          ok: true,
          messages: messages.filter((message) => message.channel === idOf(channel) && message.thread === undefined).toReversed(),
        };
      case "conversations.replies": {
        const ts = body.get("ts");
        return {
          ok: true,
          messages: messages.filter((message) => message.channel === idOf(channel) && (message.ts === ts || message.thread === ts)),
        };
      }
      default:
        return { ok: false, error: "unknown_method" };
    }
  };

  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const method = (request.url ?? "").split("/").at(-1) ?? "";
      if (how === "limited") {
        response.writeHead(429, { "retry-after": "1" });
        response.end();
        return;
      }
      const answered = answer(method, new URLSearchParams(body));
      if (how === "ambiguous" && method.startsWith("chat.")) {
        request.socket.destroy();
        return;
      }
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(answered));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`,
    messages,
    misbehave: (next) => void (how = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
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
