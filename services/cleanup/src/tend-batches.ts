/** One healer's part of a run: prove, look, and heal within the limits. */

import type { Healer } from "@kintsugi/config/model";
import type { HealerRun } from "@kintsugi/events/runs";
import type { Dependencies, NewEvent, Run } from "@kintsugi/function-kit/declaration";
import { type Batch, readBatch } from "@kintsugi/healing/batch";
import { decideBatch } from "@kintsugi/healing/decide-batch";
import { decideLimit, exceedsBlastRadius } from "@kintsugi/healing/limits";
import type { Write } from "@kintsugi/ports/documents";
import { isLasting, messageOf } from "@kintsugi/ports/failure";
import { closeBatch } from "./close-batch.ts";
import { forgetTarget, listTargets, readActs, readTarget, type TargetState, writeTarget } from "./heal-store.ts";
import { provePending } from "./prove-pending.ts";

export type Tended = { readonly report: HealerRun; readonly writes: readonly Write[]; readonly publish: readonly NewEvent[] };

type Report = {
  closed: HealerRun["closed"];
  told: HealerRun["told"];
  refused: HealerRun["refused"];
  /** Why this run could not do all it meant to; the next one tries again. */
  unknown?: string;
};

export async function tendBatches(dependencies: Pick<Dependencies, "documents" | "warehouse">, healer: Healer, run: Run): Promise<Tended> {
  const { documents } = dependencies;
  const { nowMs } = run;
  const proved = await provePending(dependencies, healer, run);
  const pending = new Set(proved.stillPending.map(({ target }) => target));
  const closedBefore = proved.ofThisRun;
  const batches: Batch[] = [];
  const report: Report = {
    closed: closedBefore.map(({ target, healingId }) => ({ target, healing_id: healingId })),
    told: [],
    refused: [],
  };
  for (const { id, data } of await documents.list(healer.batches, { unlessTrue: healer.fields.done })) {
    const read = readBatch(id, data, healer);
    if ("batch" in read) batches.push(read.batch);
    else report.told.push({ target: id, reason: "unreadable", text: `${id} cannot be judged: ${read.unreadable}` });
  }
  const young = batches.filter((batch) => nowMs - batch.createdMs <= healer.maxAgeMs);
  const decided = batches.map((batch) => ({ batch, decision: decideBatch(batch, healer, nowMs) }));
  const sick = decided.filter(({ decision }) => decision.action !== "none");
  const sickYoung = sick.filter(({ batch }) => young.includes(batch));
  const targets = await listTargets(documents, healer.name);
  const writes: Write[] = [...proved.writes];

  if (exceedsBlastRadius(sickYoung.length, young.length, healer.limits)) {
    const text = `${sickYoung.length} of ${young.length} batches are stalled at one time: nothing is healed, look for what they share`;
    report.told.length = 0;
    report.told.push({ target: "blast-radius", reason: "blast-radius", text });
    for (const { batch } of sick) report.refused.push({ target: batch.target, reason: "blast-radius" });
  } else {
    for (const { batch, decision } of sick) {
      if (decision.action === "tell")
        report.told.push({ target: batch.target, reason: decision.reason, text: withUnclassified(decision.text, batch) });
      else if (decision.action === "close") writes.push(...(await heal({ dependencies, healer, run, report }, batch, pending)));
    }
  }
  const sickTargets = new Set(sick.map(({ batch }) => batch.target));
  writes.push(...tellOfGivenUp({ healer, run, report }, targets, sickTargets));
  const { unknown, ...done } = report;
  return {
    writes,
    publish: proved.publish,
    report: {
      healer: healer.name,
      ...(unknown === undefined ? { verdict: "ok" } : { verdict: "unknown", reason: unknown }),
      considered: batches.length,
      sick: sick.length,
      pending: pending.size + report.closed.length - closedBefore.length,
      ...done,
    },
  };
}

type Healing = {
  readonly dependencies: Pick<Dependencies, "documents">;
  readonly healer: Healer;
  readonly run: Run;
  readonly report: Report;
};

async function heal(
  { dependencies: { documents }, healer, run, report }: Healing,
  batch: Batch,
  pending: ReadonlySet<string>,
): Promise<readonly Write[]> {
  const { nowMs } = run;
  const state = await readTarget(documents, healer.name, batch.target, nowMs);
  const sickNow = writeTarget({ ...state, lastSickMs: nowMs });
  if (pending.has(batch.target)) {
    if (!report.closed.some(({ target }) => target === batch.target))
      report.refused.push({ target: batch.target, reason: "waits-for-proof" });
    return [sickNow];
  }
  const acts = await readActs(documents, healer.name, nowMs);
  const limit = decideLimit(
    { attempts: state.attempts, ...(state.lastActMs === undefined ? {} : { lastActMs: state.lastActMs }) },
    healer.limits,
    acts.length,
    nowMs,
  );
  if (limit.action === "refuse") report.refused.push({ target: batch.target, reason: limit.reason });
  if (limit.action !== "act") return [sickNow];
  try {
    const closed = await closeBatch({ documents, healer, state, acts, runId: run.id, nowMs });
    if (closed.result === "closed") report.closed.push({ target: batch.target, healing_id: closed.healingId });
  } catch (error) {
    const text = `${batch.target} could not be closed: ${messageOf(error)}`;
    report.refused.push({ target: batch.target, reason: "errored" });
    if (isLasting(error)) report.told.push({ target: batch.target, reason: "errored", text });
    else report.unknown = text;
  }
  return [];
}

/** A target that was given up on stands until it is released or has not been sick for a day. */
function tellOfGivenUp(
  { healer, run: { nowMs }, report }: Pick<Healing, "healer" | "run" | "report">,
  targets: readonly TargetState[],
  sick: ReadonlySet<string>,
): readonly Write[] {
  const writes: Write[] = [];
  for (const state of targets) {
    const lastSickMs = sick.has(state.target) ? nowMs : state.lastSickMs;
    if (nowMs - lastSickMs >= 24 * 3_600_000) {
      writes.push(forgetTarget(state));
      continue;
    }
    if (state.attempts < healer.limits.perTarget || report.told.some(({ target }) => target === state.target || target === "blast-radius"))
      continue;
    const stillWaits = state.lastActMs !== undefined && nowMs - state.lastActMs < healer.verify.afterMs;
    if (stillWaits || !isStillSick(state, sick)) continue;
    report.told.push({
      target: state.target,
      reason: "limit-per-target",
      text: `${state.target} was healed ${state.attempts} times and is sick again: the healer gives up, find out who undoes it`,
    });
  }
  return writes;
}

/** Three heals of which the last one holds are no reason to call anybody; being found sick after the last one is. */
function isStillSick(state: TargetState, sick: ReadonlySet<string>): boolean {
  return sick.has(state.target) || (state.lastActMs !== undefined && state.lastSickMs > state.lastActMs);
}

function withUnclassified(text: string, batch: Batch): string {
  return batch.unclassified.length === 0 ? text : `${text} (unclassified: ${batch.unclassified.join(", ")})`;
}
