/** What the local host answers to each request. */

import type { Json } from "@kintsugi/ports/json";
import { answerRoute } from "@kintsugi/function-kit/answer-route";
import { analyze } from "@kintsugi/ledger/analyze";
import { localPlace } from "@kintsugi/ledger/statements";
import { why } from "@kintsugi/ledger/why";
import { isTopic, topics } from "@kintsugi/events/topics";
import { decodeParts, type HostAnswer, type HostRequest, ok, refuse } from "./host-answer.ts";
import { answerDocuments } from "./host-documents.ts";
import type { Driver } from "./drive.ts";
import type { Local } from "./open-local.ts";
import { readPublish } from "./read-publish.ts";
import { readStatus } from "./status.ts";

type Handle = (request: HostRequest, parts: readonly string[]) => Promise<HostAnswer>;
type Route = { readonly method: string; readonly path: RegExp; readonly handle: Handle };

/** So long a run may take that is asked for by HTTP, with all that follows. */
const RUN_LIMIT_MS = 60_000;
const WEEK_MS = 7 * 86_400_000;

export function hostRequests(local: Local, driver: Driver): (request: HostRequest) => Promise<HostAnswer> {
  const { dependencies } = local;
  const ownRoutes = local.declarations.map((declaration) => answerRoute(declaration, dependencies));
  const routes: readonly Route[] = [
    { method: "POST", path: /^\/v1\/projects\/([^/]+)\/topics\/([^/]+):publish$/, handle: ({ body }, [, topic]) => publish(topic!, body) },
    { method: "POST", path: /^\/functions\/([^/]+)\/run$/, handle: (_, [name]) => run(name!) },
    { method: "GET", path: /^\/status$/, handle: async () => ok(await readStatus(local)) },
    { method: "GET", path: /^\/analyze$/, handle: ({ query }) => analysis(query) },
    {
      method: "GET",
      path: /^\/why\/([^/]+)$/,
      handle: async (_, [id]) => ok({ id: id!, story: (await why(dependencies.ledger, localPlace, id!)) as unknown as Json }),
    },
  ];

  async function publish(given: string, body: Uint8Array): Promise<HostAnswer> {
    // In the cloud the topics may carry the prefix; the same request works here.
    const topic = given.replace(/^kintsugi-/, "");
    if (!isTopic(topic)) return refuse(404, `there is no topic ${given.slice(0, 100)}; there are ${topics.join(", ")}`);
    const read = readPublish(topic, body);
    if ("reason" in read) return refuse(400, read.reason);
    const messageIds = await local.bus.publish(read.messages);
    driver.kick();
    return ok({ messageIds });
  }

  async function run(name: string): Promise<HostAnswer> {
    const runnable = local.declarations.filter(({ onRun }) => onRun !== undefined).map((declaration) => declaration.name);
    if (!runnable.includes(name))
      return refuse(
        404,
        `${name.slice(0, 100)} is no function that the configuration gives anything to run; there are ${runnable.join(", ")}`,
      );
    const { run: completed, delivered } = await driver.runNow(name, RUN_LIMIT_MS);
    return ok({ ...completed, delivered });
  }

  async function analysis(query: URLSearchParams): Promise<HostAnswer> {
    const untilMs = instantOf(query.get("until"), dependencies.clock.now());
    const sinceMs = instantOf(query.get("since"), untilMs - WEEK_MS);
    if (Number.isNaN(sinceMs) || Number.isNaN(untilMs)) return refuse(400, "since and until are RFC 3339 times");
    return ok(await analyze(dependencies.ledger, localPlace, { sinceMs, untilMs }));
  }

  return async function answer(request) {
    const matching = routes.flatMap((route) => {
      const match = route.path.exec(request.path);
      return match === null ? [] : [{ route, parts: match.slice(1) }];
    });
    const [found] = matching;
    if (found !== undefined) {
      if (found.route.method !== request.method) return refuse(405, `${request.path} takes ${found.route.method}`);
      const parts = decodeParts(found.parts);
      return parts === undefined ? refuse(400, "the path is not encoded rightly") : await found.route.handle(request, parts);
    }
    const document = await answerDocuments(local.documents, request);
    if (document !== undefined) return document;
    for (const own of ownRoutes) {
      const answered = await own(request);
      if (answered === undefined) continue;
      driver.kick();
      return answered;
    }
    return refuse(404, `no such path: ${request.path.slice(0, 200)}`);
  };
}

function instantOf(text: string | null, fallbackMs: number): number {
  if (text === null) return fallbackMs;
  return /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
}
