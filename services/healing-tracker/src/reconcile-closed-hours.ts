/** On each run: the stores of the ledger are brought together, up to the last hour that has closed. */

import type { Dependencies, Run, RunOutcome } from "@kintsugi/function-kit/declaration";
import { doorOf } from "@kintsugi/function-kit/mask-what-leaves";
import { catchUp, firstHour, type Repaired, repairBuckets } from "@kintsugi/ledger/reconcile";
import type { Stores } from "@kintsugi/ledger/repair-hour";
import { KEPT_MS } from "@kintsugi/ledger/rows";
import { localPlace } from "@kintsugi/ledger/statements";
import type { Documents } from "@kintsugi/ports/documents";
import { z } from "zod";
import { keepRefused } from "./keep-refused.ts";
import { endOfBehind, reconcileCollection } from "./tell-behind.ts";

const HOUR_MS = 3_600_000;
/** An hour is closed when no event of it can still be on its way into the stores. */
const SETTLE_MS = 5 * 60_000;
/** After a long absence, or a loss, one run after the other catches up, so that none grows with what was missed. */
const MOST_HOURS = 168;
const stateId = "state";

const State = z.object({
  /** All hours before are compared. */
  untilMs: z.number(),
  anchor: z.object({ fromMs: z.number(), count: z.number() }).optional(),
  /** The warehouse had lost what it held, and is not brought up to date yet. */
  isRebuilding: z.boolean().default(false),
});
type State = z.infer<typeof State>;
type Compared = { readonly state: State; readonly repaired: Repaired };

export function reconcileClosedHours({ documents, ledger, config }: Pick<Dependencies, "documents" | "ledger" | "config">) {
  const door = doorOf(config);
  const place = config.runtime.kind === "gcp" ? ({ dialect: "bigquery", dataset: config.runtime.dataset } as const) : localPlace;
  return async ({ nowMs }: Run): Promise<RunOutcome> => {
    const keptSinceMs = nowMs - KEPT_MS;
    const stores = { documents, ledger, place, keepRefused: keepRefused("healing-tracker", nowMs, door), keptSinceMs };
    const caughtUp = await catchUp(stores);
    const closedMs = Math.floor((nowMs - SETTLE_MS) / HOUR_MS) * HOUR_MS;
    const before = await readState(documents);
    const { state, repaired } =
      (before === undefined ? undefined : await compare(stores, before, closedMs)) ??
      (await compareAll(stores, before !== undefined, closedMs));
    const { buckets, restored, onlyInWarehouse, refused } = repaired;
    const counts = { appended: caughtUp.appended, buckets, repaired: repaired.repaired, only_in_warehouse: onlyInWarehouse, restored };
    return {
      ...verdictOf(state, closedMs),
      counts: { ...counts, refused: caughtUp.refused + refused },
      writes: [
        { op: "set", collection: reconcileCollection, id: stateId, data: state, expiresMs: nowMs + KEPT_MS },
        ...(await endOfBehind(documents)),
      ],
    };
  };
}

async function readState(documents: Documents): Promise<State | undefined> {
  const stored = await documents.get(reconcileCollection, stateId);
  return stored === undefined ? undefined : State.parse(stored.data);
}

/** The next hours; undefined where the warehouse has lost what it held. */
async function compare(stores: Stores, { untilMs: fromMs, anchor, isRebuilding }: State, closedMs: number): Promise<Compared | undefined> {
  const untilMs = Math.max(fromMs, Math.min(closedMs, fromMs + MOST_HOURS * HOUR_MS));
  const repaired = await repairBuckets(stores, { fromMs, untilMs }, anchor);
  if (repaired === undefined) return undefined;
  const kept = repaired.anchor ?? anchor;
  const state = { untilMs, isRebuilding: isRebuilding && untilMs < closedMs, ...(kept === undefined ? {} : { anchor: kept }) };
  return { state, repaired };
}

/** From the first hour of which either store knows: nothing is known of what was compared, or it is not true any more. */
async function compareAll(stores: Stores, isRebuilding: boolean, closedMs: number): Promise<Compared> {
  const untilMs = (await firstHour(stores, stores.keptSinceMs, closedMs)) ?? closedMs;
  return (await compare(stores, { untilMs, isRebuilding }, closedMs))!;
}

/** Hours that were not compared yet are no hours that agree. */
function verdictOf({ untilMs, isRebuilding }: State, closedMs: number): Pick<RunOutcome, "verdict" | "reason"> {
  if (untilMs >= closedMs) return { verdict: "ok" };
  const hours = (closedMs - untilMs) / HOUR_MS;
  const why = isRebuilding
    ? "the warehouse has lost events, and gets them again from the document store"
    : "the stores were not compared for long";
  return { verdict: "unknown", reason: `${why}: done up to ${new Date(untilMs).toISOString().slice(0, 13)}h, ${hours} hours are left` };
}
