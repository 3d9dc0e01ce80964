/** A Slack Web API of our own over real HTTP: keeps messages, their blocks and their metadata, and misbehaves on demand. */

import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type SlackMessage, slackWorkspace } from "./slack-workspace.ts";

type Misbehaviour = "ambiguous" | "silent" | "limited";

export type SlackServer = {
  /** Base URL for a client. */
  readonly url: string;
  readonly messages: readonly SlackMessage[];
  /** Where words for who has pressed a button are posted, and what was posted there. */
  readonly responseUrl: string;
  readonly whispers: readonly unknown[];
  /** `ambiguous`: does it, then breaks the connection; `silent`: does it, and never answers; `limited`: 429. */
  misbehave(how: Misbehaviour | undefined): void;
  /** From now on a method such as `chat.update` is refused with an error such as `message_not_found`; undefined: no longer. */
  refuse(method: string, error: string | undefined): void;
  /** A person deletes a message. */
  remove(id: string): void;
  close(): Promise<void>;
};

const RESPONSES = "/actions/T1/1";

export async function startSlackServer(): Promise<SlackServer> {
  const slack = slackWorkspace(Date.now);
  const refusals = new Map<string, string>();
  const whispers: unknown[] = [];
  let how: Misbehaviour | undefined;
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
      if (how === "silent") return;
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

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
