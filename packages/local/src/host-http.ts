/** The host's door on 127.0.0.1 (docs/reference/cli.md). Nothing that comes through it stops the host. */

import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Answer } from "@kintsugi/function-kit/answer-route";
import { Failure, messageOf } from "@kintsugi/ports/failure";
import type { Driver } from "./driver.ts";
import { hostRoutes } from "./host-routes.ts";
import type { HostOptions } from "./host.ts";
import type { LocalSystem } from "./open-local.ts";

export type HttpDoor = { readonly url: string; readonly driver: Driver; close(): Promise<void> };

const MAX_BODY_BYTES = 10 * 1024 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;

export async function openDoor(system: LocalSystem, driver: Driver, { port, token, log }: HostOptions): Promise<HttpDoor> {
  const answer = hostRoutes(system, driver, log);
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: 10_000 }, (request, response) => {
    void respond(request).then(({ status, body }) => {
      if (response.destroyed) return;
      response.writeHead(status, { "content-type": "application/json", ...(status === 413 ? { connection: "close" } : {}) });
      response.end(JSON.stringify(body));
    });
  });

  async function respond(request: IncomingMessage): Promise<Answer> {
    try {
      if (!isAllowed(request.headers.authorization, token)) return { status: 401, body: { error: "wrong or missing token: send Authorization: Bearer TOKEN" } };
      const body = await readBody(request);
      if (body === "too-large") return { status: 413, body: { error: `a body may have ${MAX_BODY_BYTES} bytes` } };
      const url = new URL(request.url ?? "/", "http://localhost");
      return (await answer({ method: request.method ?? "GET", path: url.pathname, query: url.searchParams, body })) ?? { status: 404, body: { error: `no such path: ${url.pathname}` } };
    } catch (error) {
      log({ severity: "ERROR", message: "request failed", path: request.url ?? "", reason: messageOf(error) });
      return { status: error instanceof Failure && error.failure === "permanent" ? 400 : 500, body: { error: messageOf(error) } };
    }
  }

  await listen(server, port);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    driver,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const reason = error.code === "EADDRINUSE" ? `port ${port} is in use: choose another with --port, or 0 for a free one` : `cannot listen on port ${port}: ${error.message}`;
      reject(new Failure("needs-human", reason, { cause: error }));
    });
    server.listen(port, "127.0.0.1", resolve);
  });
}

function isAllowed(header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function readBody(request: IncomingMessage): Promise<Buffer | "too-large"> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) return "too-large";
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return "too-large";
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
