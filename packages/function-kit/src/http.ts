/** A function's one HTTP door in the cloud: events, runs, and its own routes. */

import { isLasting, messageOf } from "@kintsugi/ports/failure";
import { type Answer, answerRoute } from "./answer-route.ts";
import { deadLetter } from "./dead-letter.ts";
import type { Dependencies, FunctionDeclaration } from "./declaration.ts";
import { deliverEvents, type Log } from "./deliver-events.ts";
import { performRun } from "./perform-run.ts";
import { readEnvelope } from "./read-envelope.ts";

export type HttpRequest = {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes as they came. */
  readonly body: Uint8Array;
};

export type HttpHandler = (request: HttpRequest) => Promise<Answer>;

/** What can never be read is kept and answered with 2xx; only what may work later is answered so that it comes back. */
export function httpHandler(declaration: FunctionDeclaration, dependencies: Dependencies, log: Log): HttpHandler {
  const { documents, clock } = dependencies;
  const deliver = deliverEvents(declaration, dependencies, log);
  const perform = performRun(declaration, dependencies, log);
  const answer = answerRoute(declaration, dependencies);

  async function onEvents(request: HttpRequest): Promise<Answer> {
    const envelope = readEnvelope(request, clock.now());
    if ("unreadable" in envelope) {
      const letter = { functionName: declaration.name, reason: envelope.reason, needsPerson: false };
      const { write, publish } = deadLetter(envelope.unreadable, letter);
      log({ severity: "WARNING", message: "message refused", function: declaration.name, reason: envelope.reason });
      await documents.commit({ writes: [write], publish, outbox: write.id });
      await documents.flush(write.id);
      return { status: 200, body: { refused: envelope.reason } };
    }
    const settlements = await deliver(envelope.messages);
    const waiting = settlements.find((settlement) => settlement.action === "nack");
    return waiting === undefined ? { status: 200, body: {} } : { status: 503, body: { error: waiting.reason } };
  }

  async function onRun(request: HttpRequest): Promise<Answer> {
    const scheduled = Date.parse(request.headers["x-cloudscheduler-scheduletime"] ?? "");
    const completed = await perform({ dueMs: Number.isNaN(scheduled) ? clock.now() : scheduled });
    return { status: 200, body: completed };
  }

  return async function handle(request) {
    try {
      if (request.method === "POST" && request.path === "/events") return await onEvents(request);
      if (request.method === "POST" && request.path === "/run" && declaration.onRun !== undefined) return await onRun(request);
      return (await answer(request)) ?? { status: 404, body: { error: `no such path: ${request.path}` } };
    } catch (error) {
      const status = isLasting(error) ? 500 : 503;
      log({ severity: "ERROR", message: "request failed", function: declaration.name, path: request.path, reason: messageOf(error) });
      return { status, body: { error: messageOf(error) } };
    }
  };
}
