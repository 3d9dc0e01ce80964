/** The shell round a function's own HTTP routes, such as the gate's. */

import { derivedId } from "@kintsugi/events/event";
import type { Change } from "@kintsugi/ports/documents";
import { Conflict, messageOf } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import { announce } from "./announce.ts";
import { type ConflictPauses, noPauses } from "./conflict-pauses.ts";
import type { Caller, Dependencies, FunctionDeclaration, Route, RouteOutcome } from "./declaration.ts";
import type { Log } from "./deliver-events.ts";
import { type Identify, refuseUnidentified, type Unidentified } from "./http-callers.ts";
import { doorOf } from "./mask-what-leaves.ts";
import { matcher } from "./match-path.ts";
import { publishChange } from "./publish-stored.ts";
import { scanJson } from "./scan-json.ts";
import { LATE, type Within, withoutEnd } from "./within.ts";

export type Answer = { readonly status: number; readonly body: JsonObject };

export type RouteCall = {
  readonly method: string;
  readonly path: string;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

/** Undefined when the function has no such route. */
export type AnswerRoute = (call: RouteCall) => Promise<Answer | undefined>;

export type Answering = {
  /** Where stores are remote, the answer does not wait for its record for ever. Default: it does. */
  readonly within?: Within;
  readonly pauses?: ConflictPauses;
  readonly log?: Log;
  /** Without it nobody is asked who calls. */
  readonly identify?: Identify | undefined;
};

type Asked = Required<RouteCall> & { readonly params: Readonly<Record<string, string>>; readonly caller: Caller | undefined };
type Handled = { readonly outcome: RouteOutcome; readonly cause: string; readonly nowMs: number } | { readonly refused: string };

/**
 * Whoever asks gives up after a while, so what is known is answered: storing it, and publishing it, are each waited for so long. Both go
 * on; ids derive from the cause, so a request that is repeated meanwhile adds nothing, and the outbox is swept.
 */
const MAX_WAIT_MS = 2_000;

export function answerRoute(
  declaration: FunctionDeclaration,
  dependencies: Dependencies,
  { within = withoutEnd, pauses = noPauses, log: unmaskedLog = () => {}, identify }: Answering = {},
): AnswerRoute {
  const { clock } = dependencies;
  const door = doorOf(dependencies.config);
  const documents = door.documents(dependencies.documents);
  const log = door.log(unmaskedLog);
  const routes = (declaration.routes?.({ ...dependencies, documents }) ?? []).map((route) => ({ route, match: matcher(route.path) }));

  async function callerOf(route: Route, headers: Asked["headers"]): Promise<Caller | Unidentified | undefined> {
    return identify === undefined || route.reads === "bytes" ? undefined : await identify(headers);
  }

  async function handle(route: Route, { path, params, headers, body, caller }: Asked): Promise<Handled> {
    const nowMs = clock.now();
    const ownCause = derivedId(declaration.name, path, Buffer.from(body).toString("latin1"), String(nowMs), caller?.id ?? "");
    if (route.reads === "bytes") {
      const outcome = await route.handle({ params, headers, bytes: body, nowMs });
      return { outcome, cause: outcome.cause ?? ownCause, nowMs };
    }
    const text = new TextDecoder().decode(body);
    const scanned = text.trim() === "" ? { value: {} } : scanJson(text);
    if ("reason" in scanned) return { refused: `the body ${scanned.reason}` };
    const outcome = await route.handle({ params, body: scanned.value, nowMs, caller });
    return { outcome, cause: outcome.cause ?? ownCause, nowMs };
  }

  /** Waits for both, as long as an answer may. */
  async function record(change: Change, path: string): Promise<void> {
    const late = (message: string) => (error: unknown) =>
      log({ severity: "WARNING", message, function: declaration.name, path, reason: messageOf(error) });
    const stored = documents.commit(change);
    const published = stored.then(() => publishChange(documents, change));
    // It is looked at below, unless storing is late or fails: then that is told, once.
    published.catch(() => {});
    if ((await within(stored, MAX_WAIT_MS, late("answered, and not stored"))) === LATE) {
      log({ severity: "WARNING", message: "answered before it was stored", function: declaration.name, path });
      return;
    }
    try {
      await within(published, MAX_WAIT_MS, late("answered, and not published yet"));
    } catch (error) {
      late("answered, and not published yet")(error);
    }
  }

  async function handleOnce(route: Route, asked: Asked): Promise<Answer> {
    const handled = await handle(route, asked);
    if ("refused" in handled) return { status: 400, body: { error: handled.refused } };
    const { outcome, cause, nowMs } = handled;
    const writes = outcome.writes ?? [];
    const publish = announce(outcome.publish ?? [], { functionName: declaration.name, cause, nowMs });
    if (publish.length > 0 || writes.length > 0) await record({ writes, publish, outbox: cause }, asked.path);
    return { status: outcome.status, body: door.json(outcome.body) };
  }

  async function handleUntilStored(route: Route, asked: Asked): Promise<Answer> {
    for (let conflicts = 0; ; conflicts++) {
      try {
        return await handleOnce(route, asked);
      } catch (error) {
        if (!(error instanceof Conflict) || conflicts === pauses.max) throw error;
        await pauses.pause(conflicts);
      }
    }
  }

  return async function answer(call) {
    for (const { route, match } of routes) {
      const params = match(call.path);
      if (params === undefined) continue;
      if (call.method !== route.method) return { status: 405, body: { error: `${call.path} takes ${route.method}` } };
      const { headers = {} } = call;
      const caller = await callerOf(route, headers);
      if (caller === undefined || "id" in caller) return await handleUntilStored(route, { ...call, params, headers, caller });
      log({ severity: "WARNING", message: "caller refused", function: declaration.name, path: call.path, reason: caller.refused });
      return refuseUnidentified(caller);
    }
    return undefined;
  };
}
