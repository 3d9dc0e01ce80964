/** What the local host answers to each request. */

import type { Json } from "@kintsugi/ports/json";
import { answerRoute } from "@kintsugi/function-kit/answer-route";
import { derivedId } from "@kintsugi/events/event";
import { isTopic, topics } from "@kintsugi/events/topics";
import { deadLetters } from "@kintsugi/function-kit/dead-letter";
import { decodeParts, type HostAnswer, type HostRequest, ok, refuse } from "./host-answer.ts";
import { answerDocuments } from "./host-documents.ts";
import { listLetters, readLetter, settleLetter, Settlement } from "./dead-letters.ts";
import type { Driver } from "./drive.ts";
import { tokenOwner } from "./host-token.ts";
import { readHeals } from "./heals.ts";
import { analysisOf, storyOf } from "./ledger-answers.ts";
import type { Local } from "./open-local.ts";
import { issuesOf, readJsonBody, readPublish } from "./read-publish.ts";
import { readStatus } from "./status.ts";

type Handle = (request: HostRequest, parts: readonly string[]) => Promise<HostAnswer>;
type Route = { readonly method: string; readonly path: RegExp; readonly handle: Handle };

/** So long a run may take that is asked for by HTTP, with all that follows. */
const RUN_LIMIT_MS = 60_000;
/** So long an operator waits to hear what became of a word. */
const WORD_LIMIT_MS = 5_000;
const WEEK_MS = 7 * 86_400_000;

export function hostRequests(local: Local, driver: Driver): (request: HostRequest) => Promise<HostAnswer> {
  const { dependencies } = local;
  // The server has let in nobody without the token.
  const caller = { id: tokenOwner() };
  const ownRoutes = local.declarations.map((declaration) => answerRoute(declaration, dependencies, { identify: async () => caller }));
  const routes: readonly Route[] = [
    {
      method: "POST",
      path: /^\/v1\/projects\/([^/]+)\/topics\/([^/]+):publish$/,
      handle: (request, [, topic]) => publish(topic!, request),
    },
    { method: "POST", path: /^\/functions\/([^/]+)\/run$/, handle: (_, [name]) => run(name!) },
    { method: "GET", path: /^\/status$/, handle: async () => ok(await readStatus(local)) },
    { method: "GET", path: /^\/analyze$/, handle: ({ query }) => analysis(query) },
    { method: "GET", path: /^\/why\/([^/]+)$/, handle: ({ query }, [id]) => story(id!, query.get("day") ?? undefined) },
    { method: "GET", path: /^\/heals$/, handle: async () => ok({ heals: await readHeals(local.documents, local.config) }) },
    { method: "GET", path: /^\/dead-letters$/, handle: async () => ok({ dead_letters: await listLetters(local) }) },
    { method: "GET", path: /^\/dead-letters\/([^/]+)$/, handle: (_, [id]) => showLetter(id!) },
    { method: "POST", path: /^\/dead-letters\/([^/]+)\/replay$/, handle: ({ body }, [id]) => settle(id!, "replayed", body) },
    { method: "POST", path: /^\/dead-letters\/([^/]+)\/drop$/, handle: ({ body }, [id]) => settle(id!, "dropped", body) },
  ];

  async function publish(given: string, { body, query }: HostRequest): Promise<HostAnswer> {
    // In the cloud the topics may carry the prefix; the same request works here.
    const topic = given.replace(/^kintsugi-/, "");
    if (!isTopic(topic)) return refuse(404, `there is no topic ${given.slice(0, 100)}; there are ${topics.join(", ")}`);
    const read = readPublish(topic, body);
    if ("reason" in read) return refuse(400, read.reason);
    const messageIds = await local.bus.publish(read.messages);
    driver.published();
    return ok(query.get("wait") === "true" ? { messageIds, ...(await outcomeOf(messageIds)) } : { messageIds });
  }

  /** Whether what was published is handled by now, and what of it was refused. */
  async function outcomeOf(messageIds: readonly string[]): Promise<{ delivered: boolean; refused: readonly Json[] }> {
    const delivered = await driver.settle(WORD_LIMIT_MS);
    const letters = await local.documents.getMany(
      deadLetters,
      messageIds.map((messageId) => derivedId("dead-letter", messageId)),
    );
    const refused = letters.flatMap((letter) =>
      letter === undefined ? [] : [{ id: letter.id, messageId: letter.data["message_id"] ?? null, reason: letter.data["reason"] ?? null }],
    );
    return { delivered, refused };
  }

  async function story(id: string, day: string | undefined): Promise<HostAnswer> {
    return ok({ id, story: (await storyOf(local, { id, day })) as unknown as Json });
  }

  async function showLetter(id: string): Promise<HostAnswer> {
    const letter = await readLetter(local, id);
    return letter === undefined ? refuse(404, `there is no dead letter ${id.slice(0, 100)}: see kintsugi dead-letters list`) : ok(letter);
  }

  async function settle(id: string, done: Settlement["done"], body: Uint8Array): Promise<HostAnswer> {
    const read = readJsonBody(body);
    if ("reason" in read) return refuse(400, read.reason);
    const settlement = Settlement.safeParse({ ...(read.value as object), done });
    if (!settlement.success) return refuse(400, issuesOf(settlement.error));
    const refused = await settleLetter(local, id, settlement.data);
    driver.kick();
    return refused === undefined ? ok({ id, ...settlement.data }) : refuse(refused.status, refused.error);
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
    return ok(await analysisOf(local, { sinceMs, untilMs }));
  }

  return async function answer(request) {
    if ([...request.query.values()].some((value) => value.includes("\0"))) return refuse(400, "the query holds a NUL");
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
