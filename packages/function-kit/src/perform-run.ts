/** The shell round every scheduled run: it leaves a trace whatever happens, and a repeated trigger makes no second run. */

import { catalogue } from "@kintsugi/events/catalogue";
import { derivedId } from "@kintsugi/events/event";
import { fit } from "@kintsugi/events/fit";
import { RunCompleted } from "@kintsugi/events/runs";
import type { Message } from "@kintsugi/ports/bus";
import type { Change } from "@kintsugi/ports/documents";
import { Conflict, Failure, messageOf } from "@kintsugi/ports/failure";
import { announce } from "./announce.ts";
import type { Dependencies, FunctionDeclaration, Run, RunOutcome } from "./declaration.ts";
import { MAX_BYTES } from "./decode-message.ts";
import { type Log, seenCollection } from "./deliver-events.ts";
import { maskText } from "./mask.ts";
import { shorterObservations } from "./shorter-observations.ts";
import { selfObservation } from "./self-observation.ts";
import { modeAt, modeId, operatorCollection } from "./mode.ts";

export type Trigger = {
  /** When the run was due, epoch ms. */
  readonly dueMs: number;
  /** Tells a run by hand from the scheduled one of the same instant. */
  readonly by?: string;
};

export type PerformRun = (trigger: Trigger, commit?: (change: Change) => Promise<void>) => Promise<RunCompleted>;

const MAX_CONFLICTS = 5;

type Told = { readonly completed: RunCompleted; readonly publish: readonly Message[] };

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
      const cause = error instanceof Failure && error.about !== undefined ? { cause: error.about } : {};
      return { verdict: "unknown", reason: maskText(messageOf(error)), ...cause };
    }
  }

  /** @throws when an event is not as agreed, or larger than whoever gets it would take */
  function tell({ publish = [], ...outcome }: RunOutcome, { id, dueMs, nowMs }: Run): Told {
    const run = RunCompleted.parse({
      function: declaration.name,
      due: new Date(dueMs).toISOString(),
      started: new Date(nowMs).toISOString(),
      verdict: outcome.verdict,
      reason: outcome.reason,
      counts: outcome.counts,
      healers: outcome.healers,
      observations: [selfObservation(declaration, outcome), ...(outcome.observations ?? [])],
      complete: outcome.complete,
    });
    const completed = fit(run, shorterObservations);
    const own = { type: "run.completed", purpose: "run", subject: declaration.name, data: completed } as const;
    for (const { type, data } of publish) catalogue[type].data.parse(data);
    const messages = announce([...publish, own], { functionName: declaration.name, cause: id, nowMs });
    const large = messages.find(({ data }) => data.length > MAX_BYTES);
    if (large !== undefined) throw new Error(`${large.attributes["ce-type"]} would hold ${large.data.length} bytes, at most ${MAX_BYTES}`);
    return { completed, publish: messages };
  }

  async function attempt(id: string, trigger: Trigger, commit: (change: Change) => Promise<void>): Promise<RunCompleted> {
    const seen = await documents.get(seenCollection, id);
    if (seen !== undefined) {
      await documents.flush(id);
      return RunCompleted.parse(seen.data["run"]);
    }
    const nowMs = clock.now();
    const run = { id, dueMs: trigger.dueMs, nowMs };
    let outcome = await decide(run);
    let told: Told;
    try {
      told = tell(outcome, run);
    } catch (error) {
      // A run that found what no event can carry has still run: it leaves its trace, and nobody takes it for one that saw nothing.
      outcome = { verdict: "unknown", reason: `what it found cannot be told: ${maskText(messageOf(error)).slice(0, 500)}` };
      told = tell(outcome, run);
    }
    const { completed, publish } = told;
    await commit({
      writes: [
        { op: "create", collection: seenCollection, id, data: { run: completed, outbox: id, at: nowMs } },
        ...(outcome.writes ?? []),
      ],
      publish,
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
