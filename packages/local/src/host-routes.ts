/** What the host answers. */

import type { Answer } from "@kintsugi/function-kit/answer-route";
import { answerRoute } from "@kintsugi/function-kit/answer-route";
import type { Log } from "@kintsugi/function-kit/deliver-events";
import { performRun } from "@kintsugi/function-kit/perform-run";
import { scanJson } from "@kintsugi/function-kit/scan-json";
import { isTopic, topics } from "@kintsugi/events/topics";
import { analyze } from "@kintsugi/ledger/analyze";
import { localPlace } from "@kintsugi/ledger/statements";
import { why } from "@kintsugi/ledger/why";
import type { Message } from "@kintsugi/ports/bus";
import type { JsonObject } from "@kintsugi/ports/json";
import { z } from "zod";
import type { Driver } from "./driver.ts";
import { allFunctions } from "./functions.ts";
import type { LocalSystem } from "./open-local.ts";
import { readStatus } from "./status.ts";

export type HostRequest = { readonly method: string; readonly path: string; readonly query: URLSearchParams; readonly body: Buffer };

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const Published = z.object({
  messages: z
    .array(z.object({ data: z.string().regex(BASE64, "is not base64").optional(), attributes: z.record(z.string(), z.string()).optional() }))
    .min(1)
    .max(1_000),
});

export function hostRoutes(system: LocalSystem, driver: Driver, log: Log): (request: HostRequest) => Promise<Answer | undefined> {
  const { dependencies, declarations, documents, bus } = system;
  const routed = declarations.filter(({ routes }) => routes !== undefined).map((declaration) => answerRoute(declaration, dependencies));

  async function publish(topic: string, body: Buffer): Promise<Answer> {
    if (!isTopic(topic)) return { status: 404, body: { error: `there is no topic ${topic.slice(0, 100)}; there are ${topics.join(", ")}` } };
    const scanned = scanJson(body.toString("utf8"));
    if ("reason" in scanned) return { status: 400, body: { error: `the body ${scanned.reason}` } };
    const parsed = Published.safeParse(scanned.value);
    if (!parsed.success) return { status: 400, body: { error: firstIssue(parsed.error) } };
    const messages: Message[] = parsed.data.messages.map(({ data = "", attributes = {} }) => ({ topic, attributes, data: Buffer.from(data, "base64") }));
    const messageIds = await bus.publish(messages);
    driver.wake();
    return { status: 200, body: { messageIds } };
  }

  async function runNow(name: string): Promise<Answer> {
    const declaration = declarations.find((candidate) => candidate.name === name);
    if (declaration?.onRun === undefined) {
      const runnable = declarations.filter(({ onRun }) => onRun !== undefined).map((candidate) => candidate.name);
      const reason = allFunctions.some((candidate) => candidate.name === name) ? `${name} has nothing to run in this configuration` : `there is no function ${name.slice(0, 100)}`;
      return { status: 404, body: { error: `${reason}; there are ${runnable.join(", ")}` } };
    }
    const nowMs = dependencies.clock.now();
    const completed = await performRun(declaration, dependencies, log)({ dueMs: nowMs, by: `manual:${nowMs}` });
    await driver.settle();
    return { status: 200, body: completed as unknown as JsonObject };
  }

  async function document(method: string, path: readonly string[], body: Buffer): Promise<Answer> {
    const [collection = "", ...rest] = path.map(decodeURIComponent);
    const id = rest.join("/");
    if (id === "" && method === "GET") return { status: 200, body: { documents: (await documents.list(collection)).map(({ id: each, data }) => ({ id: each, data })) } };
    if (id === "") return { status: 400, body: { error: "the path has the form /documents/COLLECTION/ID" } };
    if (method === "GET") {
      const found = await documents.get(collection, id);
      return found === undefined ? { status: 404, body: { error: `there is no document ${collection}/${id}` } } : { status: 200, body: found.data };
    }
    if (collection.startsWith("kintsugi_")) return { status: 400, body: { error: `${collection} is Kintsugi's own: it can be read, not written` } };
    if (method === "DELETE") {
      await documents.commit({ writes: [{ op: "delete", collection, id }], publish: [], outbox: "http" });
      return { status: 200, body: {} };
    }
    if (method !== "PUT" && method !== "PATCH") return { status: 405, body: { error: "documents take GET, PUT, PATCH and DELETE" } };
    const scanned = scanJson(body.toString("utf8"));
    if ("reason" in scanned) return { status: 400, body: { error: `the body ${scanned.reason}` } };
    const parsed = z.record(z.string(), z.json()).safeParse(scanned.value);
    if (!parsed.success) return { status: 400, body: { error: "a document is a JSON object" } };
    await documents.commit({ writes: [{ op: method === "PUT" ? "set" : "merge", collection, id, data: parsed.data }], publish: [], outbox: "http" });
    return { status: 200, body: parsed.data };
  }

  return async function answer({ method, path, query, body }) {
    const parts = path.split("/").slice(1);
    const topic = /^\/v1\/projects\/[^/]+\/topics\/([^/]+):publish$/.exec(path)?.[1];
    if (topic !== undefined) return method === "POST" ? await publish(decodeURIComponent(topic), body) : { status: 405, body: { error: "publish takes POST" } };
    if (parts[0] === "documents") return await document(method, parts.slice(1), body);
    if (method === "POST" && parts[0] === "functions" && parts[2] === "run" && parts.length === 3) return await runNow(decodeURIComponent(parts[1]!));
    if (method === "GET" && path === "/status") return { status: 200, body: (await readStatus(system)) as unknown as JsonObject };
    if (method === "GET" && path === "/analyze") {
      const span = { sinceMs: Number(query.get("since")), untilMs: Number(query.get("until")) };
      return { status: 200, body: (await analyze(dependencies.ledger, localPlace, span)) as unknown as JsonObject };
    }
    if (method === "GET" && parts[0] === "why" && parts.length === 2) return { status: 200, body: { story: (await why(dependencies.ledger, localPlace, decodeURIComponent(parts[1]!))) as unknown as JsonObject[] } };
    for (const route of routed) {
      const answered = await route({ method, path, body });
      if (answered === undefined) continue;
      driver.wake();
      return answered;
    }
    return undefined;
  };
}

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  return `${issue?.path.join(".") || "the body"}: ${issue?.message}`;
}
