/** The shell round every scheduled run: it leaves a trace whatever happens, and a repeated trigger makes no second run. */

import { derivedId } from "@kintsugi/events/event";
import { RunCompleted } from "@kintsugi/events/runs";
import type { Change } from "@kintsugi/ports/documents";
import { Conflict, messageOf } from "@kintsugi/ports/failure";
import { announce } from "./announce.ts";
import type { Dependencies, FunctionDeclaration, Run, RunOutcome } from "./declaration.ts";
import { type Log, seenCollection } from "./deliver-events.ts";
import { maskText } from "./mask.ts";
import { modeAt, modeId, operatorCollection } from "./mode.ts";

export type Trigger = {
  /** When the run was due, epoch ms. */
  readonly dueMs: number;
  /** Tells a run by hand from the scheduled one of the same instant. */
  readonly by?: string;
};

export type PerformRun = (trigger: Trigger, commit?: (change: Change) => Promise<void>) => Promise<RunCompleted>;

const MAX_CONFLICTS = 5;

export function performRun(declaration: FunctionDeclaration, dependencies: Dependencies, log: Log): PerformRun {
  const { documents, clock } = dependencies;
  const handle = declaration.onRun?.(dependencies);

  async function decide(run: Run): Promise<RunOutcome> {
    if (handle === undefined) return { verdict: "not_applicable", reason: `${declaration.name} has nothing to run` };
    if (declaration.pausedByMode !== false) {
      const mode = modeAt(await documents.get(operatorCollection, modeId), run.nowMs);
      if (mode !== "normal") return { verdict: "not_applicable", reason: mode };
    }
    try {
      return await handle(run);
    } catch (error) {
      if (error instanceof Conflict) throw error;
      return { verdict: "unknown", reason: maskText(messageOf(error)) };
    }
  }

  async function attempt(id: string, trigger: Trigger, commit: (change: Change) => Promise<void>): Promise<RunCompleted> {
    const seen = await documents.get(seenCollection, id);
    if (seen !== undefined) {
      await documents.flush(id);
      return RunCompleted.parse(seen.data["run"]);
    }
    const nowMs = clock.now();
    const outcome = await decide({ id, dueMs: trigger.dueMs, nowMs });
    const completed = RunCompleted.parse({
      function: declaration.name,
      due: new Date(trigger.dueMs).toISOString(),
      started: new Date(nowMs).toISOString(),
      verdict: outcome.verdict,
      reason: outcome.reason,
      counts: outcome.counts,
      healers: outcome.healers,
    });
    const own = { type: "run.completed", purpose: "run", subject: declaration.name, data: completed } as const;
    await commit({
      writes: [
        { op: "create", collection: seenCollection, id, data: { run: completed, outbox: id, at: nowMs } },
        ...(outcome.writes ?? []),
      ],
      publish: announce([...(outcome.publish ?? []), own], { functionName: declaration.name, cause: id, nowMs }),
      outbox: id,
    });
    for (const fact of outcome.log ?? []) log({ severity: "INFO", message: "decided", function: declaration.name, ...fact });
    await documents.flush(id);
    return completed;
  }

  return async function perform(trigger, commit = (change) => documents.commit(change)) {
    const id = derivedId(declaration.name, "run", new Date(trigger.dueMs).toISOString(), trigger.by ?? "schedule");
    for (let conflicts = 0; ; conflicts++) {
      try {
        return await attempt(id, trigger, commit);
      } catch (error) {
        if (!(error instanceof Conflict) || conflicts >= MAX_CONFLICTS) throw error;
      }
    }
  };
}
