/** One healer's part of a run: prove, look, and heal within the limits. */

import type { Healer } from "@kintsugi/config/model";
import { derivedId } from "@kintsugi/events/event";
import type { HealerRun } from "@kintsugi/events/runs";
import { shorten } from "@kintsugi/events/shorten";
import type { Dependencies, NewEvent, Run } from "@kintsugi/function-kit/declaration";
import { type Batch, isNameable, readBatch } from "@kintsugi/healing/batch";
import { type BatchDecision, decideBatch } from "@kintsugi/healing/decide-batch";
import { exceedsBlastRadius } from "@kintsugi/healing/limits";
import type { Write } from "@kintsugi/ports/documents";
import { givenUp } from "./given-up.ts";
import { healBatch, type Report } from "./heal-batch.ts";
import { forgetTarget, freshTarget, isForgotten, listTargets, writeTarget } from "./heal-store.ts";
import { provePending } from "./prove-pending.ts";
import { together } from "./shorter-reports.ts";

export type Tended = { readonly report: HealerRun; readonly writes: readonly Write[]; readonly publish: readonly NewEvent[] };

/** More than so many that need a person are one problem, not many: they are told of together. */
const MAX_TOLD = 50;
/** An event holds 64 KiB; `sick` says how many there are. */
const MAX_REFUSED = 100;
const MAX_TEXT = 500;

type Seen = {
  readonly considered: number;
  /** Stalled or worse, with what each needs. */
  readonly sick: readonly { readonly batch: Batch; readonly decision: Exclude<BatchDecision, { action: "none" }> }[];
  readonly isBlast: boolean;
  readonly told: HealerRun["told"];
};

export async function tendBatches(dependencies: Pick<Dependencies, "documents" | "warehouse">, healer: Healer, run: Run): Promise<Tended> {
  const { documents } = dependencies;
  const { nowMs } = run;
  const proved = await provePending(dependencies, healer, run);
  const pending = new Set(proved.stillPending.map(({ target }) => target));
  const closedBefore = proved.ofThisRun.map(({ target, healingId }) => ({ target, healing_id: healingId }));
  const { considered, sick, isBlast, told } = await look(documents, healer, nowMs);
  const remembered = await listTargets(documents, healer.name);
  const states = new Map(remembered.filter((state) => !isForgotten(state, nowMs)).map((state) => [state.target, state]));
  const report: Report = { closed: closedBefore, told: [...told], refused: [] };

  for (const { batch, decision } of sick) {
    if (isBlast) report.refused.push({ target: batch.target, reason: "blast-radius" });
    else if (decision.action === "close")
      await healBatch({ documents, healer, run, report, pending }, batch, states.get(batch.target) ?? freshTarget(healer, batch, nowMs));
  }
  // Closing has written what is remembered of those that it closed, and may have written it where its answer was lost.
  const unanswered = report.refused.filter(({ reason }) => reason === "errored");
  const written = new Set([...report.closed, ...unanswered].map(({ target }) => target));
  const sickTargets = new Set(sick.map(({ batch }) => batch.target));
  if (!isBlast) {
    const others = [...states.values()].filter(({ target }) => !written.has(target) && !report.told.some((one) => one.target === target));
    report.told.push(...givenUp(others, healer, sickTargets, nowMs));
  }
  const { unknown, ...done } = report;
  return {
    writes: [
      ...proved.writes,
      ...remembered.filter((state) => isForgotten(state, nowMs) && !written.has(state.target)).map(forgetTarget),
      ...[...states.values()]
        .filter(({ target }) => sickTargets.has(target) && !written.has(target))
        .map((state) => writeTarget({ ...state, lastSickMs: nowMs })),
    ],
    publish: proved.publish,
    report: {
      healer: healer.name,
      ...(unknown === undefined ? { verdict: "ok" } : { verdict: "unknown", reason: unknown }),
      considered,
      sick: sick.length,
      pending: pending.size + done.closed.length - proved.ofThisRun.length,
      closed: done.closed,
      told: done.told.length > MAX_TOLD ? [together(done.told)] : done.told,
      refused: done.refused.slice(0, MAX_REFUSED),
    },
  };
}

async function look(documents: Dependencies["documents"], healer: Healer, nowMs: number): Promise<Seen> {
  const batches: Batch[] = [];
  const told: HealerRun["told"] = [];
  for (const { id, data } of await documents.list(healer.batches, { unlessTrue: healer.fields.done })) {
    const read = readBatch(id, data, healer);
    if ("batch" in read) batches.push(read.batch);
    else told.push({ target: nameOf(id), reason: "unreadable", text: `${id} cannot be judged: ${read.unreadable}` });
  }
  const sick = batches.flatMap((batch) => {
    const decision = decideBatch(batch, healer, nowMs);
    return decision.action === "none" ? [] : [{ batch, decision }];
  });
  const isYoung = (batch: Batch): boolean => nowMs - batch.createdMs <= healer.maxAgeMs;
  const [young, sickYoung] = [batches.filter(isYoung).length, sick.filter(({ batch }) => isYoung(batch)).length];
  const isBlast = exceedsBlastRadius(sickYoung, young, healer.limits);
  const text = `${sickYoung} of ${young} batches are stalled at one time: nothing is healed, look for what they share`;
  for (const { batch, decision } of sick)
    if (decision.action === "tell")
      told.push({ target: batch.target, reason: decision.reason, text: withUnclassified(decision.text, batch) });
  return {
    considered: batches.length,
    sick,
    isBlast,
    told: isBlast ? [{ target: "blast-radius", reason: "blast-radius", text }] : told,
  };
}

/** A name that events can carry, for a document whose id is none. */
function nameOf(id: string): string {
  return isNameable(id) ? id : `document-${derivedId(id).slice(0, 12)}`;
}

function withUnclassified(text: string, batch: Batch): string {
  return batch.unclassified.length === 0 ? text : shorten(`${text} (unclassified: ${batch.unclassified.join(", ")})`, MAX_TEXT);
}
