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
import { type ConflictPauses, noPauses } from "./conflict-pauses.ts";
import type { Log } from "./deliver-events.ts";
import { doorOf } from "./mask-what-leaves.ts";
import { publishStored } from "./publish-stored.ts";
import { SEEN_MS, seenCollection } from "./seen.ts";
import { shorterObservations } from "./shorter-observations.ts";
import { selfObservation } from "./self-observation.ts";
import { modeAt, modeId, operatorCollection } from "./mode.ts";
import { type Swept, sweepUnpublished } from "./sweep-unpublished.ts";

export type Trigger = {
  /** When the run was due, epoch ms. */
  readonly dueMs: number;
  /** Tells a run by hand from the scheduled one of the same instant. */
  readonly by?: string;
};

export type PerformRun = (trigger: Trigger, commit?: (change: Change) => Promise<void>) => Promise<RunCompleted>;

/** `swept` sweeps once, however often the run is tried. */
type Attempt = {
  readonly id: string;
  readonly dueMs: number;
  readonly isScheduled: boolean;
  /** Takes the run for the first of its trigger, unread: if it is not, the commit finds the mark. */
  readonly isTrusted: boolean;
  readonly swept: (nowMs: number) => Promise<Swept>;
};
type Told = { readonly completed: RunCompleted; readonly publish: readonly Message[] };

export function performRun(
  declaration: FunctionDeclaration,
  dependencies: Dependencies,
  unmaskedLog: Log,
  pauses: ConflictPauses = noPauses,
): PerformRun {
  const { clock } = dependencies;
  const door = doorOf(dependencies.config);
  const documents = door.documents(dependencies.documents);
  const log = door.log(unmaskedLog);
  const handle = declaration.onRun?.({ ...dependencies, documents });
  /** Healers act on the world before they commit: theirs is never begun twice. */
  const isRepeatable = !declaration.publishes.includes("healing");
  const sweep = sweepUnpublished(declaration.name, documents, log);
  /** A trigger comes again after a failure, or to a process that has just started: what it has stored then may not have left. */
  let endedWell = false;

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
      return { verdict: "unknown", reason: door.text(messageOf(error)), ...cause };
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

  /** A run that found what no event can carry has still run: it leaves its trace, and nobody takes it for one that saw nothing. */
  function tellAtLeast(outcome: RunOutcome, run: Run): { readonly told: Told; readonly outcome: RunOutcome } {
    try {
      return { told: tell(outcome, run), outcome };
    } catch (error) {
      const reason = `what it found cannot be told: ${door.text(messageOf(error)).slice(0, 500)}`;
      const untold: RunOutcome = { verdict: "unknown", reason };
      return { told: tell(untold, run), outcome: untold };
    }
  }

  async function attempt(
    { id, dueMs, isScheduled, isTrusted, swept }: Attempt,
    commit: (change: Change) => Promise<void>,
  ): Promise<RunCompleted> {
    const seen = isTrusted ? undefined : await documents.get(seenCollection, id);
    if (seen !== undefined) {
      await publishStored(documents, id);
      return RunCompleted.parse(seen.data["run"]);
    }
    const nowMs = clock.now();
    const run = { id, dueMs, nowMs };
    const [decided, { observations, writes, settle }] = await Promise.all([decide(run), swept(nowMs)]);
    const { told, outcome } = tellAtLeast({ ...decided, observations: [...(decided.observations ?? []), ...observations] }, run);
    const own = [...(outcome.writes ?? []), ...writes];
    // A run that changes nothing needs no mark: done twice, it tells the same event twice, which counts once. Healers act before they tell.
    if (isScheduled && own.length === 0 && told.publish.length === 1 && outcome.healers === undefined) {
      await dependencies.bus.publish(told.publish.map(door.message));
      settle();
      return told.completed;
    }
    const data = { run: told.completed, outbox: id, at: nowMs };
    const mark = { op: "create", collection: seenCollection, id, data, expiresMs: nowMs + SEEN_MS } as const;
    await commit({ writes: [mark, ...own], publish: told.publish, outbox: id });
    settle();
    for (const fact of outcome.log ?? []) log({ severity: "INFO", message: "decided", function: declaration.name, ...fact });
    await publishStored(documents, id);
    return told.completed;
  }

  return async function perform(trigger, commit = (change) => dependencies.documents.commit(change)) {
    const id = derivedId(declaration.name, "run", new Date(trigger.dueMs).toISOString(), trigger.by ?? "schedule");
    const isScheduled = trigger.by === undefined;
    let sweeping: Promise<Swept> | undefined;
    const swept = (nowMs: number): Promise<Swept> => (sweeping ??= sweep(nowMs));
    for (let conflicts = 0; ; conflicts++) {
      try {
        const isTrusted = isScheduled && isRepeatable && conflicts === 0 && endedWell;
        endedWell = false;
        const completed = await attempt({ id, dueMs: trigger.dueMs, isScheduled, isTrusted, swept }, (change) =>
          commit(door.change(change)),
        );
        endedWell = true;
        return completed;
      } catch (error) {
        if (!(error instanceof Conflict) || conflicts >= pauses.max) throw error;
        await pauses.pause(conflicts);
      }
    }
  };
}
