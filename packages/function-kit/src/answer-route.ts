/** The shell round a function's own HTTP routes, such as the gate's. */

import { derivedId } from "@kintsugi/events/event";
import type { JsonObject } from "@kintsugi/ports/json";
import { announce } from "./announce.ts";
import type { Dependencies, FunctionDeclaration, Route } from "./declaration.ts";
import { scanJson } from "./scan-json.ts";

export type Answer = { readonly status: number; readonly body: JsonObject };

/** Undefined when the function has no such route. */
export type AnswerRoute = (request: {
  readonly method: string;
  readonly path: string;
  readonly body: Uint8Array;
}) => Promise<Answer | undefined>;

export function answerRoute(declaration: FunctionDeclaration, dependencies: Dependencies): AnswerRoute {
  const { documents, clock } = dependencies;
  const routes = (declaration.routes?.(dependencies) ?? []).map((route) => ({ route, match: matcher(route) }));

  return async function answer({ method, path, body }) {
    for (const { route, match } of routes) {
      const params = match(path);
      if (params === undefined) continue;
      if (method !== route.method) return { status: 405, body: { error: `${path} takes ${route.method}` } };
      const text = new TextDecoder().decode(body);
      const scanned = text.trim() === "" ? { value: {} } : scanJson(text);
      if ("reason" in scanned) return { status: 400, body: { error: `the body ${scanned.reason}` } };
      const nowMs = clock.now();
      const outcome = await route.handle({ params, body: scanned.value, nowMs });
      const cause = derivedId(declaration.name, path, text, String(nowMs));
      const publish = announce(outcome.publish ?? [], { functionName: declaration.name, cause, nowMs });
      if (publish.length > 0 || (outcome.writes ?? []).length > 0) {
        await documents.commit({ writes: outcome.writes ?? [], publish, outbox: cause });
        await documents.flush(cause);
      }
      return { status: outcome.status, body: outcome.body };
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
