/** Heals one stalled batch as far as the limits allow. */

import type { Healer } from "@kintsugi/config/model";
import type { HealerRun } from "@kintsugi/events/runs";
import type { Dependencies, Run } from "@kintsugi/function-kit/declaration";
import type { Batch } from "@kintsugi/healing/batch";
import { decideLimit } from "@kintsugi/healing/limits";
import { isLasting, messageOf } from "@kintsugi/ports/failure";
import { closeBatch } from "./close-batch.ts";
import { readActs, type TargetState } from "./heal-store.ts";

/** What one run of a healer has done and has to say, as it grows. */
export type Report = {
  closed: HealerRun["closed"];
  told: HealerRun["told"];
  refused: HealerRun["refused"];
  /** Why this run could not do all it meant to; the next one tries again. */
  unknown?: string;
};

export type Healing = {
  readonly documents: Dependencies["documents"];
  readonly healer: Healer;
  readonly run: Run;
  readonly report: Report;
  /** Targets whose last heal waits for its proof. */
  readonly pending: ReadonlySet<string>;
};

/** @param state what is remembered of the target. Says in the report what became of it. */
export async function healBatch({ documents, healer, run, report, pending }: Healing, batch: Batch, state: TargetState): Promise<void> {
  const { target } = batch;
  const refuse = (reason: string): void => void report.refused.push({ target, reason });
  if (pending.has(target)) {
    if (!report.closed.some((closed) => closed.target === target)) refuse("waits-for-proof");
    return;
  }
  const acts = await readActs(documents, healer.name, run.nowMs);
  const limit = decideLimit(state, healer.limits, acts.length, run.nowMs);
  if (limit.action === "refuse") refuse(limit.reason);
  if (limit.action !== "act") return;
  try {
    const closed = await closeBatch({ documents, healer, state, acts, runId: run.id, nowMs: run.nowMs });
    if (closed.result === "closed") report.closed.push({ target, healing_id: closed.healingId });
  } catch (error) {
    const text = `${target} could not be closed: ${messageOf(error)}`;
    refuse("errored");
    if (isLasting(error)) report.told.push({ target, reason: "errored", text });
    else report.unknown = text;
  }
}
