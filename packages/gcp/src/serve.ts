/** One function behind functions-framework, which must not answer for it: what it cannot parse is ours to keep. */

import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { http } from "@google-cloud/functions-framework";

export type Request = {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

export type Handle = (request: Request) => Promise<{ readonly status: number; readonly body: object }>;

const ORIGINAL = "x-kintsugi-content-type";

/**
 * The framework answers 400 to malformed JSON, to a wrong encoding and to an unknown charset, before any function sees them; Pub/Sub
 * would send such a message again for days. So every body is declared as bytes before the framework looks at it.
 */
subscribe("http.server.request.start", (message) => {
  const { headers } = (message as { request: IncomingMessage }).request;
  headers[ORIGINAL] = headers["content-type"] ?? "";
  headers["content-type"] = "application/octet-stream";
  delete headers["content-encoding"];
});

export function serve(name: string, handle: Handle): void {
  http(name, async (request, response) => {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([key, value]) => [key, String(value)]));
    const { status, body } = await handle({
      method: request.method,
      path: request.path,
      headers: { ...headers, "content-type": headers[ORIGINAL] ?? "" },
      body: request.rawBody ?? new Uint8Array(),
    });
    response.status(status).json(body);
  });
}
