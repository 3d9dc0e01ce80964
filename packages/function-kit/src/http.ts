/** A function's one HTTP door in the cloud: events, runs, and its own routes. */

import { isLasting, messageOf } from "@kintsugi/ports/failure";
import { type Answer, answerRoute } from "./answer-route.ts";
import { jitteredPauses } from "./conflict-pauses.ts";
import type { Dependencies, FunctionDeclaration } from "./declaration.ts";
import { deliverEvents, type Log } from "./deliver-events.ts";
import { type Callers, refusePush } from "./http-callers.ts";
import { doorOf } from "./mask-what-leaves.ts";
import { performRun } from "./perform-run.ts";
import { takeEvents } from "./take-events.ts";
import { LATE, type Within, withinTime } from "./within.ts";

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

export type HttpOptions = {
  /** Uniform in [0, 1). */
  readonly random?: () => number;
  readonly within?: Within;
  /** Without it nobody is asked who calls: the platform alone keeps strangers out. */
  readonly callers?: Callers | undefined;
};

/** Whoever calls has given up then: what is not answered comes again. */
const MAX_REQUEST_MS = 30_000;
/** An instance works only while it is asked something, so a request waits as long as its answer allows. */
const PATIENCE_MS = 20_000;

/** What can never be read is kept and answered with 2xx; only what may work later is answered so that it comes back. */
export function httpHandler(
  declaration: FunctionDeclaration,
  dependencies: Dependencies,
  unmaskedLog: Log,
  { random = Math.random, within = withinTime, callers }: HttpOptions = {},
): HttpHandler {
  const { clock } = dependencies;
  const door = doorOf(dependencies.config);
  const log = door.log(unmaskedLog);
  const pauses = jitteredPauses(clock.sleep, random);
  const deliver = deliverEvents(declaration, dependencies, log, { pauses, patienceMs: PATIENCE_MS });
  const take = takeEvents({ declaration, dependencies, deliver, log });
  const perform = performRun(declaration, dependencies, log, pauses);
  const answer = answerRoute(declaration, dependencies, { within, pauses, log, identify: callers?.identify });

  async function onRun(request: HttpRequest): Promise<Answer> {
    const scheduled = Date.parse(request.headers["x-cloudscheduler-scheduletime"] ?? "");
    const completed = await perform({ dueMs: Number.isNaN(scheduled) ? clock.now() : scheduled });
    return { status: 200, body: completed };
  }

  async function push(request: HttpRequest, work: HttpHandler): Promise<Answer> {
    const refusal = callers === undefined ? undefined : await refusePush(callers, request.headers);
    if (refusal === undefined) return await work(request);
    const { error: reason } = refusal.body;
    log({ severity: "WARNING", message: "caller refused", function: declaration.name, path: request.path, reason });
    return refusal;
  }

  async function route(request: HttpRequest): Promise<Answer> {
    const isPost = request.method === "POST";
    if (isPost && (request.path === "/events" || request.path.startsWith("/events/"))) return await push(request, take);
    if (isPost && request.path === "/run" && declaration.onRun !== undefined) return await push(request, onRun);
    return (await answer(request)) ?? { status: 404, body: { error: `no such path: ${request.path}` } };
  }

  function fail(request: HttpRequest, error: unknown): Answer {
    const reason = messageOf(error);
    log({ severity: "ERROR", message: "request failed", function: declaration.name, path: request.path, reason });
    return { status: isLasting(error) ? 500 : 503, body: { error: reason } };
  }

  async function answerInTime(request: HttpRequest): Promise<Answer> {
    try {
      const answered = await within(route(request), MAX_REQUEST_MS, (error) => void fail(request, error));
      return answered === LATE ? fail(request, new Error(`no answer within ${MAX_REQUEST_MS / 1_000} s`)) : answered;
    } catch (error) {
      return fail(request, error);
    }
  }

  return async function handle(request) {
    const { status, body } = await answerInTime(request);
    return { status, body: door.json(body) };
  };
}
