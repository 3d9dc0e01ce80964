/** The shell round a function's own HTTP routes, such as the gate's. */

import { derivedId } from "@kintsugi/events/event";
import { Conflict } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import { announce } from "./announce.ts";
import type { Dependencies, FunctionDeclaration, Route, RouteOutcome } from "./declaration.ts";
import { scanJson } from "./scan-json.ts";

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

type Handled = { readonly outcome: RouteOutcome; readonly cause: string; readonly nowMs: number } | { readonly refused: string };

/** Another request wrote meanwhile: the route looks again, this often. */
const MAX_CONFLICTS = 5;

export function answerRoute(declaration: FunctionDeclaration, dependencies: Dependencies): AnswerRoute {
  const { documents, clock } = dependencies;
  const routes = (declaration.routes?.(dependencies) ?? []).map((route) => ({ route, match: matcher(route) }));

  async function handle(route: Route, params: Readonly<Record<string, string>>, { path, headers = {}, body }: RouteCall): Promise<Handled> {
    const nowMs = clock.now();
    const ownCause = derivedId(declaration.name, path, Buffer.from(body).toString("latin1"), String(nowMs));
    if (route.reads === "bytes") {
      const outcome = await route.handle({ params, headers, bytes: body, nowMs });
      return { outcome, cause: outcome.cause ?? ownCause, nowMs };
    }
    const text = new TextDecoder().decode(body);
    const scanned = text.trim() === "" ? { value: {} } : scanJson(text);
    if ("reason" in scanned) return { refused: `the body ${scanned.reason}` };
    const outcome = await route.handle({ params, body: scanned.value, nowMs });
    return { outcome, cause: outcome.cause ?? ownCause, nowMs };
  }

  async function handleOnce(route: Route, params: Readonly<Record<string, string>>, call: RouteCall): Promise<Answer> {
    const handled = await handle(route, params, call);
    if ("refused" in handled) return { status: 400, body: { error: handled.refused } };
    const { outcome, cause, nowMs } = handled;
    const writes = outcome.writes ?? [];
    const publish = announce(outcome.publish ?? [], { functionName: declaration.name, cause, nowMs });
    if (publish.length > 0 || writes.length > 0) {
      await documents.commit({ writes, publish, outbox: cause });
      await documents.flush(cause);
    }
    return { status: outcome.status, body: outcome.body };
  }

  return async function answer(call) {
    for (const { route, match } of routes) {
      const params = match(call.path);
      if (params === undefined) continue;
      if (call.method !== route.method) return { status: 405, body: { error: `${call.path} takes ${route.method}` } };
      for (let conflicts = 0; ; conflicts++) {
        try {
          return await handleOnce(route, params, call);
        } catch (error) {
          if (!(error instanceof Conflict) || conflicts === MAX_CONFLICTS) throw error;
        }
      }
    }
    return undefined;
  };
}

function matcher(route: Route): (path: string) => Record<string, string> | undefined {
  const wanted = route.path.split("/");
  return (path) => {
    const given = path.split("/");
    if (given.length !== wanted.length) return undefined;
    const params: Record<string, string> = {};
    for (const [index, part] of wanted.entries()) {
      if (part.startsWith("{")) params[part.slice(1, -1)] = safeDecode(given[index]!);
      else if (part !== given[index]) return undefined;
    }
    return params;
  };
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
