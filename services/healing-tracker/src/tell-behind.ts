/** While the warehouse takes nothing, the tracker says so every few minutes, and not only when it reconciles. */

import type { Observation } from "@kintsugi/events/observation";
import { shorten } from "@kintsugi/events/shorten";
import type { NewEvent } from "@kintsugi/function-kit/declaration";
import type { Documents, Write } from "@kintsugi/ports/documents";
import { Failure, messageOf } from "@kintsugi/ports/failure";
import { z } from "zod";

const NAME = "healing-tracker";
/** What the tracker knows of its two stores. */
export const reconcileCollection = "kintsugi_reconcile";
const id = "behind";
/** What passes sooner is told to nobody: what waits is appended by the next reconciliation. The tracker's own words come back to it, so it keeps a pause. */
const EVERY_MS = 4 * 60_000;
/** The detector's ticks bring an event every few minutes: after a longer pause, nothing was refused meanwhile. */
const PAUSE_MS = 15 * 60_000;
const KEPT_MS = 86_400_000;
const MAX_REASON = 500;

/** `sinceMs`: of the first event that the warehouse did not take, with no pause since; `saidMs`: when this was said, or noted, last. */
const Behind = z.object({ sinceMs: z.number(), saidMs: z.number() });

export type Told = { readonly writes: readonly Write[]; readonly publish: readonly NewEvent[] };

/** @param error why an append has failed just now */
export async function tellBehind(documents: Pick<Documents, "get">, error: unknown, nowMs: number): Promise<Told> {
  const stored = await documents.get(reconcileCollection, id);
  const before = stored === undefined ? undefined : Behind.parse(stored.data);
  const isNew = before === undefined || nowMs - before.saidMs > PAUSE_MS;
  if (!isNew && nowMs - before.saidMs < EVERY_MS) return { writes: [], publish: [] };
  const sinceMs = isNew ? nowMs : before.sinceMs;
  const write: Write = { op: "set", collection: reconcileCollection, id, data: { sinceMs, saidMs: nowMs }, expiresMs: nowMs + KEPT_MS };
  return { writes: [write], publish: isNew ? [] : [behindEvent(error, sinceMs, nowMs)] };
}

/** What waited has been appended. */
export async function endOfBehind(documents: Pick<Documents, "get">): Promise<readonly Write[]> {
  return (await documents.get(reconcileCollection, id)) === undefined ? [] : [{ op: "delete", collection: reconcileCollection, id }];
}

function behindEvent(error: unknown, sinceMs: number, nowMs: number): NewEvent<"run.completed"> {
  const [now, reason] = [new Date(nowMs).toISOString(), shorten(messageOf(error), MAX_REASON)];
  const data = { function: NAME, due: now, started: now, verdict: "unknown", reason, counts: {} } as const;
  return {
    type: "run.completed",
    purpose: "behind",
    subject: NAME,
    data: { ...data, complete: [], observations: [observation(error, reason, sinceMs)] },
  };
}

function observation(error: unknown, reason: string, sinceMs: number): Observation {
  const about = error instanceof Failure ? error.about : undefined;
  return {
    subject: { kind: "function", function: NAME },
    verdict: "unknown",
    severity: "yellow",
    title: "the ledger's warehouse takes no events",
    facts: [
      reason,
      `since ${new Date(sinceMs).toISOString().slice(0, 16)}Z events are kept in the document store alone; analyze and why do not see them`,
    ],
    next: [`kintsugi why unknown:${NAME}`],
    channel: "watch",
    since: new Date(sinceMs).toISOString(),
    ...(about === undefined ? {} : { cause: about }),
  };
}
