/** Heals one stalled batch as far as the limits allow. */

import type { Healer } from "@kintsugi/config/healer";
import type { Dependencies, Run } from "@kintsugi/function-kit/declaration";
import { decideLimit } from "@kintsugi/healing/limits";
import { messageOf } from "@kintsugi/ports/failure";
import { closeBatch, type Closing, intendToClose } from "./close-batch.ts";
import { type Intent, readActs, type Remembered } from "./heal-store.ts";

export type Healing = {
  readonly documents: Dependencies["documents"];
  readonly healer: Healer;
  readonly run: Run;
  readonly isPaused: boolean;
  /** Targets whose last heal waits for its proof. */
  readonly pending: ReadonlySet<string>;
};

/** What became of one batch that may be closed. */
export type Healed =
  | { readonly result: "closed"; readonly healingId: string }
  /** Left alone for now. */
  | { readonly result: "limited"; readonly reason: "blast-radius" | "waits-for-proof" | "paused" | "cooldown" | "per-hour" }
  | { readonly result: "errored"; readonly error: unknown; readonly text: string }
  /** Recorded, and not done: it waits for a person, or is only to be seen. */
  | { readonly result: "proposed" | "shadow"; readonly intent: Intent }
  /** Given up, which what is remembered of it tells; finished or released meanwhile. */
  | { readonly result: "left" };

export async function healBatch({ documents, healer, run, isPaused, pending }: Healing, remembered: Remembered): Promise<Healed> {
  const { target } = remembered.state;
  if (pending.has(target)) return { result: "limited", reason: "waits-for-proof" };
  const acts = await readActs(documents, healer.name, run.nowMs);
  const limit = decideLimit(remembered.state, healer.limits, { actsInLastHour: acts.length, isPaused, nowMs: run.nowMs });
  switch (limit.action) {
    case "wait":
      return { result: "limited", reason: limit.reason };
    case "give-up":
      return { result: "left" };
    case "act":
  }
  const closing = { documents, healer, target: remembered, acts, runId: run.id, nowMs: run.nowMs };
  try {
    if (healer.mode === "shadow" || (healer.mode === "propose" && remembered.state.intent?.approved === undefined))
      return await intend(closing, healer.mode === "shadow" ? "shadow" : "proposed");
    const closed = await closeBatch(closing);
    return closed.result === "closed" ? closed : { result: "left" };
  } catch (error) {
    return { result: "errored", error, text: `${target} could not be closed: ${messageOf(error)}` };
  }
}

async function intend(closing: Closing, result: "proposed" | "shadow"): Promise<Healed> {
  const { intent } = await intendToClose(closing);
  return intent === undefined ? { result: "left" } : { result, intent };
}
