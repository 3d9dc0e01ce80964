/** On each run: the stores of the ledger are brought together, up to the last hour that has closed. */

import type { Dependencies, Run, RunOutcome } from "@kintsugi/function-kit/declaration";
import { doorOf } from "@kintsugi/function-kit/mask-what-leaves";
import { catchUp, firstBucket, repairBuckets } from "@kintsugi/ledger/reconcile";
import { KEPT_MS } from "@kintsugi/ledger/rows";
import { localPlace } from "@kintsugi/ledger/statements";
import { keepRefused } from "./keep-refused.ts";

const HOUR_MS = 3_600_000;
/** An hour is closed when no event of it can still be on its way into the stores. */
const SETTLE_MS = 5 * 60_000;
/** After a long absence one run after the other catches up, so that none grows with what was missed. */
const MOST_HOURS = 168;
const stateCollection = "kintsugi_reconcile";
const stateId = "state";

export function reconcileClosedHours({ documents, ledger, config }: Pick<Dependencies, "documents" | "ledger" | "config">) {
  const door = doorOf(config);
  const place = config.runtime.kind === "gcp" ? ({ dialect: "bigquery", dataset: config.runtime.dataset } as const) : localPlace;
  return async ({ nowMs }: Run): Promise<RunOutcome> => {
    const stores = { documents, ledger, place, keepRefused: keepRefused("healing-tracker", nowMs, door) };
    const caughtUp = await catchUp(stores);
    const state = await documents.get(stateCollection, stateId);
    const closedMs = Math.floor((nowMs - SETTLE_MS) / HOUR_MS) * HOUR_MS;
    const fromMs = Number(state?.data["untilMs"] ?? (await firstBucket(documents)) ?? closedMs);
    const untilMs = Math.max(fromMs, Math.min(closedMs, fromMs + MOST_HOURS * HOUR_MS));
    const { buckets, repaired, onlyInWarehouse, refused } = await repairBuckets(stores, { fromMs, untilMs });
    const counts = { appended: caughtUp.appended, buckets, repaired, only_in_warehouse: onlyInWarehouse };
    return {
      verdict: "ok",
      counts: { ...counts, refused: caughtUp.refused + refused },
      writes: [{ op: "set", collection: stateCollection, id: stateId, data: { untilMs }, expiresMs: nowMs + KEPT_MS }],
    };
  };
}
