/** A local HTTP server that answers every POST as Slack would, and tells when a message came. The baseline calls it too. */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export type AnsweringServer = {
  readonly url: string;
  /** Resolves with the instant (performance.now) at which a posted message that says this had arrived. @param what letters, digits and dashes, which no encoding changes */
  said(what: string): Promise<number>;
  close(): Promise<void>;
};

export async function startAnsweringServer(): Promise<AnsweringServer> {
  const waiting = new Map<string, (atMs: number) => void>();
  let sequence = 0;
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const atMs = performance.now();
      const said = request.url?.endsWith("chat.postMessage") === true ? body : "";
      for (const [what, resolve] of waiting) {
        if (!said.includes(what)) continue;
        waiting.delete(what);
        resolve(atMs);
      }
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ ok: true, channel: "C1", ts: `1.${String(++sequence).padStart(6, "0")}` }));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`,
    said: (what) => new Promise((resolve) => void waiting.set(what, resolve)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
