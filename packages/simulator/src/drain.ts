/** Before the ledger is judged: whatever is on the bus is delivered, and all buckets are reconciled. */

import { reconcileAll } from "@kintsugi/ledger/reconcile";
import { deliverDue } from "./deliver-due.ts";
import type { Stage } from "./stage.ts";

/** Deliveries that a lasting fault keeps failing are left after so many rounds. */
const MAX_ROUNDS = 50;

export async function drain(stage: Stage): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    stage.bus.hurry(stage.clock.now());
    if ((await deliverDue(stage)) === 0) break;
  }
  await reconcileAll({ documents: stage.documents, ledger: stage.raw.ledger, nowMs: stage.clock.now() });
}
