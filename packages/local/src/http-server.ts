/** The local host's HTTP server: token, limits and time-outs; no request stops the host. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Log } from "@kintsugi/function-kit/deliver-events";
import { maskText } from "@kintsugi/events/mask";
import { Failure, isLasting, messageOf } from "@kintsugi/ports/failure";
import type { HostAnswer, HostRequest } from "./host-answer.ts";
import { bearsToken } from "./host-token.ts";

export type HttpServer = { readonly url: string; close(): Promise<void> };

export type HttpServerParts = {
  readonly port: number;
  readonly token: string;
  readonly answer: (request: HostRequest) => Promise<HostAnswer>;
  readonly log: Log;
  /** What is masked wherever it stands, as `config.hidden` has it. */
  readonly hidden: readonly string[];
};

const ADDRESS = "127.0.0.1";
const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** Who sends one byte at a time is cut off after this. */
const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 2_000, keepAliveTimeout: 5_000 };
const MAX_CONNECTIONS = 1_000;
/** Whoever has not sent all by then, or reads too slowly, is cut off when the host stops. */
const CLOSING_MS = 4_000;
/** Slack cannot send the token: it signs these requests, and the function that answers them checks the signature. */
const SIGNED_PATH = "/slack/actions";

export async function startHttpServer(parts: HttpServerParts): Promise<HttpServer> {
  const server = createServer(TIMEOUTS, (request, response) => void serve(parts, request, response));
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, parts.port);
  return {
    url: `http://${ADDRESS}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), CLOSING_MS).unref();
      }),
  };
}

async function serve({ token, answer, log, hidden }: HttpServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const [path = "", query = ""] = (request.url ?? "").split(/\?(.*)/s);
    if (path !== SIGNED_PATH && !bearsToken(request.headers.authorization, token))
      return send(response, { status: 401, body: { error: "the token is missing or wrong: send `Authorization: Bearer TOKEN`" } });
    const body = await readBody(request);
    if (body === undefined) return send(response, { status: 413, body: { error: `the body is over ${MAX_BODY_BYTES} bytes` } });
    const headers = headersOf(request);
    send(response, await answer({ method: request.method ?? "", path, query: new URLSearchParams(query), headers, body }));
  } catch (error) {
    if (request.destroyed && !request.complete) return;
    const reason = maskText(messageOf(error), hidden);
    log({ severity: "ERROR", message: "request failed", path: maskText((request.url ?? "").slice(0, 200), hidden), reason });
    send(response, { status: isLasting(error) ? 500 : 503, body: { error: reason } });
  }
}

/** A header that comes several times is one, joined by commas. */
function headersOf({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  const named = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")]);
  return Object.fromEntries(named) as Record<string, string>;
}

/** Undefined when it is too large: the answer goes out at once, and the rest is read and dropped, so that the sender sees it. */
function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MAX_BODY_BYTES) return void chunks.push(chunk);
      chunks.length = 0;
      resolve(undefined);
    });
    request.on("end", () => resolve(bytes > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks)));
    request.on("error", reject);
  });
}

function send(response: ServerResponse, { status, body }: HostAnswer): void {
  if (response.headersSent) return;
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
  });
  response.end(text);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const remedy =
        error.code === "EADDRINUSE" ? "another process listens there: give --port, or --port 0 for a free one" : "give another --port";
      reject(new Failure("needs-human", `port ${port} cannot be used (${error.code ?? messageOf(error)}): ${remedy}`, { cause: error }));
    });
    server.listen(port, ADDRESS, resolve);
  });
}
