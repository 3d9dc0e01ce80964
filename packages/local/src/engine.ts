/** Hands what is due to the functions: at most one batch and one function at a time each, with back-off for what comes back. The host drives it by the wall clock, the simulator by a virtual one. */

import type { Dependencies, FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import { deliverEvents, type CommitAndAck, type Deliver, type Log } from "@kintsugi/function-kit/deliver-events";
import { performRun, type PerformRun } from "@kintsugi/function-kit/perform-run";
import type { Change } from "@kintsugi/ports/documents";
import { messageOf } from "@kintsugi/ports/failure";
import type { Delivery, LocalBus } from "./local-bus.ts";

/** One back-off for all that comes back, as Pub/Sub's: doubling, at most ten minutes. */
const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 600_000;
/** Who could not even give back what it was handed, as on a full disk, pauses as well; less long, since nothing else tells when it is over. */
const MAX_REST_MS = 15_000;
const BATCH = 500;

export type CommitWithAck = (change: Change, deliveryIds: readonly number[]) => Promise<void>;

export type EngineParts = {
  readonly declarations: readonly FunctionDeclaration[];
  readonly dependencies: Dependencies;
  readonly bus: Pick<LocalBus, "take" | "ack" | "nack">;
  readonly commitWithAck: CommitWithAck;
  readonly log: Log;
  /** Called when a function has finished what it was handed, so that the driver looks again. */
  readonly onProgress: () => void;
};

export type Engine = {
  /** Starts every function that has something due and is not at work, or at most so many of them. Returns how many were started. */
  startDue(limit?: number): number;
  /** Names of the functions at work. */
  working(): readonly string[];
  /** Functions that pause after a failure, and until when, epoch ms. */
  resting(): readonly { readonly name: string; readonly untilMs: number }[];
};

type Rest = { readonly failures: number; readonly untilMs: number };

export function backoffMs(attempt: number): number {
  return Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(attempt - 1, 30));
}

export function createEngine(parts: EngineParts): Engine {
  const { bus, dependencies, log } = parts;
  const working = new Set<string>();
  const rests = new Map<string, Rest>();
  const workers = parts.declarations.map((declaration) => ({
    name: declaration.name,
    deliver: deliverEvents(declaration, dependencies, log),
    perform: performRun(declaration, dependencies, log),
  }));

  async function work(worker: { deliver: Deliver; perform: PerformRun }, due: readonly Delivery[]): Promise<void> {
    const events = due.filter(({ kind }) => kind === "event");
    if (events.length > 0) await handOver(worker.deliver, events);
    for (const run of due.filter(({ kind }) => kind === "run")) await trigger(worker.perform, run);
  }

  async function handOver(deliver: Deliver, due: readonly Delivery[]): Promise<void> {
    const ids = new Map(due.map((delivery) => [delivery.messageId, delivery.id]));
    const commit: CommitAndAck = (change, messages) =>
      parts.commitWithAck(
        change,
        messages.map(({ messageId }) => ids.get(messageId)!),
      );
    const settlements = await deliver(due, commit);
    const done = settlements.filter(({ action }) => action === "ack").map(({ message }) => ids.get(message.messageId)!);
    // A store that shares no transaction with the bus has only stored; where it does, nothing is left to acknowledge.
    if (done.length > 0) bus.ack(done);
    for (const settlement of settlements) {
      if (settlement.action !== "nack") continue;
      const again = dependencies.clock.now() + backoffMs(settlement.message.attempt);
      bus.nack([ids.get(settlement.message.messageId)!], Math.max(again, settlement.untilMs ?? 0));
    }
  }

  async function trigger(perform: PerformRun, run: Delivery): Promise<void> {
    try {
      await perform(
        { dueMs: Number(run.attributes["due"]), ...(run.attributes["by"] === undefined ? {} : { by: run.attributes["by"] }) },
        (change) => parts.commitWithAck(change, [run.id]),
      );
      bus.ack([run.id]);
    } catch (error) {
      log({ severity: "WARNING", message: "run not stored", function: run.subscription, reason: messageOf(error) });
      bus.nack([run.id], dependencies.clock.now() + backoffMs(run.attempt));
    }
  }

  function rest(name: string, error: unknown): void {
    const failures = (rests.get(name)?.failures ?? 0) + 1;
    const restMs = Math.min(MAX_REST_MS, backoffMs(failures));
    rests.set(name, { failures, untilMs: dependencies.clock.now() + restMs });
    log({ severity: "ERROR", message: "delivery failed unexpectedly", function: name, reason: messageOf(error), pause_ms: restMs });
  }

  function isResting(name: string): boolean {
    const untilMs = rests.get(name)?.untilMs ?? 0;
    const leftMs = untilMs - dependencies.clock.now();
    // A clock that was set back ends no pause later.
    return leftMs > 0 && leftMs <= MAX_REST_MS;
  }

  return {
    startDue(limit = Number.POSITIVE_INFINITY) {
      let started = 0;
      for (const worker of workers) {
        if (working.has(worker.name) || isResting(worker.name) || started >= limit) continue;
        const due = bus.take(worker.name, dependencies.clock.now(), BATCH);
        if (due.length === 0) continue;
        working.add(worker.name);
        started++;
        void work(worker, due)
          .then(
            () => void rests.delete(worker.name),
            (error: unknown) => rest(worker.name, error),
          )
          .finally(() => {
            working.delete(worker.name);
            parts.onProgress();
          });
      }
      return started;
    },
    working: () => [...working],
    resting: () => [...rests].filter(([name]) => isResting(name)).map(([name, { untilMs }]) => ({ name, untilMs })),
  };
}
