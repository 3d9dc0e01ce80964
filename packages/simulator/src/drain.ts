/** Before the ledger is judged: whatever is on the bus is delivered, and all buckets are reconciled. */

import { reconcileAll } from "@kintsugi/healing-tracker/reconcile";
import type { Stage } from "./stage.ts";

/** Deliveries that a lasting fault keeps failing are left after so many rounds. */
const MAX_ROUNDS = 50;

export async function drain(stage: Stage): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    stage.bus.hurry(stage.clock.now());
    await stage.quiet();
    if (stage.process().engine.startDue() === 0) break;
    await stage.quiet();
  }
  await reconcileAll({ documents: stage.documents, ledger: stage.raw.ledger, nowMs: stage.clock.now() });
}
