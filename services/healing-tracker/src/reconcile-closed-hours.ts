/** On each run: the stores of the ledger are brought together, up to the last hour that has closed. */

import type { Dependencies, Run, RunOutcome } from "@kintsugi/function-kit/declaration";
import { catchUp, firstBucket, repairBuckets } from "@kintsugi/ledger/reconcile";
import { localPlace } from "@kintsugi/ledger/statements";

const HOUR_MS = 3_600_000;
/** An hour is closed when no event of it can still be on its way into the stores. */
const SETTLE_MS = 5 * 60_000;
const stateCollection = "kintsugi_reconcile";
const stateId = "state";

export function reconcileClosedHours({ documents, ledger, config }: Pick<Dependencies, "documents" | "ledger" | "config">) {
  const place = config.runtime.kind === "gcp" ? ({ dialect: "bigquery", dataset: config.runtime.dataset } as const) : localPlace;
  const stores = { documents, ledger, place };
  return async (run: Run): Promise<RunOutcome> => {
    const appended = await catchUp(stores);
    const state = await documents.get(stateCollection, stateId);
    const untilMs = Math.floor((run.nowMs - SETTLE_MS) / HOUR_MS) * HOUR_MS;
    const fromMs = Number(state?.data["untilMs"] ?? (await firstBucket(documents)) ?? untilMs);
    const { buckets, repaired, onlyInWarehouse } = await repairBuckets(stores, fromMs, untilMs);
    return {
      verdict: "ok",
      counts: { appended, buckets, repaired, only_in_warehouse: onlyInWarehouse },
      writes: [{ op: "set", collection: stateCollection, id: stateId, data: { untilMs: Math.max(fromMs, untilMs) } }],
    };
  };
}
