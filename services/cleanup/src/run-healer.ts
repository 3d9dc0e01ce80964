/** One healer's part of a run: prove what was done, look, heal within the limits, and say how it stands. */

import type { Healer } from "@kintsugi/config/healer";
import type { Dependencies, Run } from "@kintsugi/function-kit/declaration";
import { type Healed, type Healing, healBatch } from "./heal-batch.ts";
import { beginWith, recallTargets, type Remembered } from "./heal-store.ts";
import { readPause } from "./heal-words.ts";
import { lookAtBatches, type Seen } from "./look-at-batches.ts";
import { provePending } from "./prove-pending.ts";
import { type HealerResult, reportHealer } from "./report-healer.ts";

export async function runHealer(
  dependencies: Pick<Dependencies, "documents" | "warehouse">,
  healer: Healer,
  run: Run,
): Promise<HealerResult> {
  const { documents } = dependencies;
  const { nowMs } = run;
  const proved = await provePending(dependencies, healer, run);
  const remembered = await recallTargets(documents, healer.name);
  const seen = await lookAtBatches(documents, healer, nowMs);
  const pause = await readPause(documents, healer.name, nowMs);
  const pending = new Set(proved.stillPending.map(({ target }) => target));
  const healed = await healAll({ documents, healer, run, isPaused: pause !== undefined, pending }, seen, remembered);
  return reportHealer(healer, { proved, remembered, seen, healed, pending, nowMs, ...(pause === undefined ? {} : { pause }) });
}

/** One after the other: each act counts for the limit of the next. */
async function healAll(healing: Healing, seen: Seen, remembered: ReadonlyMap<string, Remembered>): Promise<ReadonlyMap<string, Healed>> {
  const healed = new Map<string, Healed>();
  for (const { batch, decision } of seen.needy) {
    const { target } = batch;
    if (seen.blast !== undefined) healed.set(target, { result: "limited", reason: "blast-radius" });
    else if (decision.action === "close") {
      const begun = beginWith(remembered.get(target), healing.healer.name, target, healing.run.nowMs);
      healed.set(target, await healBatch(healing, begun));
    }
  }
  return healed;
}
