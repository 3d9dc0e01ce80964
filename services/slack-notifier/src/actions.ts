/** Buttons in Slack: each press is checked, becomes an operator's word, and is answered at once. */

import { derivedId } from "@kintsugi/events/event";
import type { BytesRequest, Dependencies, Route, RouteOutcome } from "@kintsugi/function-kit/declaration";
import type { Documents, Write } from "@kintsugi/ports/documents";
import { z } from "zod";
import { decideAction, Press } from "./decide-action.ts";
import { tellPresser, toPresser } from "./tell-presser.ts";
import { type Signature, verifySignature } from "./verify-signature.ts";

const pressesCollection = "kintsugi_presses";
/** Presses of one button by one person within this are one: a double click. */
const DOUBLE_CLICK_MS = 5_000;
const KEPT_MS = 7 * 86_400_000;

const StoredPress = z.object({ at: z.number() });

const REFUSALS: Readonly<Record<Exclude<Signature, "good">, string>> = {
  missing: "the request is not signed: only Slack may call this",
  "too old": "the request is more than 5 minutes old: is the clock right?",
  wrong: "the signature does not match: check slack.signing_secret",
};

type Parts = Pick<Dependencies, "config" | "documents" | "sendWebhook" | "clock">;

export function slackActions(parts: Parts): Route {
  const { signingSecret, operators } = parts.config.slack;

  async function handle({ headers, bytes, nowMs }: BytesRequest): Promise<RouteOutcome> {
    if (signingSecret === undefined)
      return refused(403, "buttons are off: give Slack's signing secret as slack.signing_secret, by an environment variable");
    const signature = verifySignature({ headers, bytes }, signingSecret, nowMs);
    if (signature === "missing" || signature === "wrong") return refused(401, REFUSALS[signature]);
    const press = Press.safeParse(payloadOf(bytes));
    if (signature === "too old") {
      await tellPresser(
        parts,
        press.data?.response_url,
        "this press reached us more than 5 minutes late, and nothing was done: press again",
      );
      return refused(401, REFUSALS[signature]);
    }
    if (!press.success) return refused(400, "the payload is no press of a button");
    return await answer(press.data);
  }

  async function answer(press: Press): Promise<RouteOutcome> {
    const { id, atMs, writes } = await recall(parts.documents, press);
    const decision = decideAction(press, operators, atMs);
    if (decision.action === "refuse") {
      await tellPresser(parts, press.response_url, decision.reason);
      return { status: 200, body: toPresser(decision.reason) };
    }
    const cause = derivedId("press", id, String(atMs));
    return { status: 200, body: toPresser(decision.answer), writes, publish: [decision.event], cause };
  }

  return { method: "POST", path: "/slack/actions", reads: "bytes", handle };
}

/** The time of the press; of the second press of a double click that of the first, so that both say the same. */
async function recall(documents: Documents, press: Press): Promise<{ id: string; atMs: number; writes: readonly Write[] }> {
  const { action_id: name, value, action_ts: time } = press.actions[0]!;
  const pressedMs = Math.floor(Number(time) * 1_000);
  const id = derivedId(name, value, press.message?.ts ?? press.container?.message_ts ?? "", press.user.id);
  const before = await documents.get(pressesCollection, id);
  const beforeMs = before === undefined ? undefined : StoredPress.parse(before.data).at;
  if (beforeMs !== undefined && Math.abs(pressedMs - beforeMs) < DOUBLE_CLICK_MS) return { id, atMs: beforeMs, writes: [] };
  const target = { collection: pressesCollection, id, data: { at: pressedMs }, expiresMs: pressedMs + KEPT_MS } as const;
  const write: Write = before === undefined ? { op: "create", ...target } : { op: "set", ...target, version: before.version };
  return { id, atMs: pressedMs, writes: [write] };
}

function payloadOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new URLSearchParams(new TextDecoder().decode(bytes)).get("payload") ?? "");
  } catch {
    return undefined;
  }
}

function refused(status: number, error: string): RouteOutcome {
  return { status, body: { error } };
}
