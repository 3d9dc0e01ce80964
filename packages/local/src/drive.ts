/** Drives the engine by the wall clock: looks when something was published, finished or has fallen due. */

import type { RunCompleted } from "@kintsugi/events/runs";
import type { Log } from "@kintsugi/function-kit/deliver-events";
import { performRun } from "@kintsugi/function-kit/perform-run";
import { Failure, messageOf } from "@kintsugi/ports/failure";
import { createEngine } from "./engine.ts";
import type { Local } from "./open-local.ts";
import { lastDue, nextDue, type Schedule } from "./schedule.ts";

export type Driver = {
  /** Something may have fallen due: looks soon. */
  kick(): void;
  /** Something was published: looks soon, or in a moment where it comes in a stream. */
  published(): void;
  /** Resolves when what is on the bus now, and what follows from it, is delivered; false when something has to wait longer than that. */
  settle(limitMs: number): Promise<boolean>;
  /** One run now, besides the schedule; resolves with its verdict when all that follows is delivered, or has to wait. */
  runNow(functionName: string, limitMs: number): Promise<{ run: RunCompleted; delivered: boolean }>;
  /** Gives what is at work 4 s to finish, and starts nothing more; all else is stored and waits for the next start. */
  stop(): Promise<void>;
};

/** Also another process may have written to the bus, and a laptop may have slept. */
const MAX_SLEEP_MS = 15_000;
const RETRY_LOOK_MS = 1_000;
/** One event is handed over at once. Of many that come one by one, those of so long are handed over together, and share commits. */
const GATHER_MS = 5;
const POLL_MS = 250;
/** Once in a while what has expired is deleted, in small bites, so that no event waits for it; soon again where there was more than a bite. */
const SWEEP_MS = 60_000;
const SWEEP_AGAIN_MS = 250;
const SWEPT_AT_ONCE = 500;
/** Whoever waits for somebody else is left: what it had claimed is looked up by the next start before it is done again. */
const STOP_MS = 4_000;
/** A run, its events, incidents, messages and their receipts: no chain of consequences is longer. */
const MAX_ROUNDS = 12;

/** @param schedules none for runs by hand alone */
export function drive(local: Local, schedules: readonly Schedule[], log: Log): Driver {
  const { bus, dependencies, declarations } = local;
  const { clock } = dependencies;
  const watchers = new Set<() => void>();
  const engine = createEngine({
    declarations,
    dependencies,
    bus,
    commitWithAck: local.documents.commitWithAck,
    log,
    onProgress: kick,
  });
  dropUnwanted(local, log);
  let timer: NodeJS.Timeout | undefined;
  let isKicked = false;
  let isStopped = false;
  let scheduledFromMs = 0;
  let publishedMs = 0;
  let gatherUntilMs = 0;
  let sweepMs = 0;

  function kick(): void {
    if (isKicked) return;
    isKicked = true;
    setImmediate(() => {
      isKicked = false;
      look();
    });
  }

  function published(): void {
    const nowMs = clock.now();
    if (nowMs - publishedMs < GATHER_MS && nowMs >= gatherUntilMs) gatherUntilMs = nowMs + GATHER_MS;
    publishedMs = nowMs;
    kick();
  }

  function look(): void {
    clearTimeout(timer);
    if (!isStopped) timer = setTimeout(kick, startWhatIsDue());
    for (const watcher of [...watchers]) watcher();
  }

  /** Returns how long nothing more will be due. */
  function startWhatIsDue(): number {
    try {
      const nowMs = clock.now();
      if (nowMs >= scheduledFromMs || scheduledFromMs - nowMs > 86_400_000) scheduledFromMs = enqueueSchedules(nowMs);
      const gatherMs = gatherUntilMs - nowMs;
      if (gatherMs > 0 && gatherMs <= GATHER_MS) return gatherMs;
      engine.startDue();
      if (nowMs >= sweepMs || sweepMs - nowMs > SWEEP_MS) sweep(nowMs);
      const resting = engine.resting();
      const dueMs = bus.nextDue([...engine.working(), ...resting.map(({ name }) => name)]) ?? Number.POSITIVE_INFINITY;
      const nextMs = Math.min(scheduledFromMs, sweepMs, dueMs, ...resting.map(({ untilMs }) => untilMs));
      return Math.min(Math.max(0, nextMs - clock.now()), MAX_SLEEP_MS);
    } catch (error) {
      log({ severity: "ERROR", message: "the bus cannot be used", reason: messageOf(error) });
      return RETRY_LOOK_MS;
    }
  }

  function sweep(nowMs: number): void {
    // Where it fails, it is tried again as late as if nothing had been left.
    sweepMs = nowMs + SWEEP_MS;
    if (local.documents.removeExpired(nowMs, SWEPT_AT_ONCE) === SWEPT_AT_ONCE) sweepMs = nowMs + SWEEP_AGAIN_MS;
  }

  /** The latest due time that was not run yet, once, however many passed meanwhile. */
  function enqueueSchedules(nowMs: number): number {
    for (const { name, periodMs } of schedules) bus.enqueueRun(name, lastDue(periodMs, nowMs));
    return Math.min(Number.POSITIVE_INFINITY, ...schedules.map(({ periodMs }) => nextDue(periodMs, nowMs)));
  }

  function until(isDone: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const poll = setInterval(check, POLL_MS);
      watchers.add(check);
      check();
      function check(): void {
        if (!isStopped && !isDone()) return;
        clearInterval(poll);
        watchers.delete(check);
        resolve();
      }
    });
  }

  async function settle(limitMs: number): Promise<boolean> {
    const deadlineMs = clock.now() + limitMs;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const newestId = bus.waiting()?.newestId;
      if (newestId === undefined) return true;
      kick();
      const mustWait = (): boolean => clock.now() >= deadlineMs || (bus.waiting(newestId)?.nextDueMs ?? 0) > deadlineMs;
      await until(() => bus.waiting(newestId) === undefined || mustWait());
      if (isStopped || bus.waiting(newestId) !== undefined) return false;
    }
    return true;
  }

  async function runNow(functionName: string, limitMs: number): Promise<{ run: RunCompleted; delivered: boolean }> {
    const declaration = declarations.find(({ name }) => name === functionName)!;
    const dueMs = clock.now();
    const by = `manual:${dueMs}`;
    bus.enqueueRun(functionName, dueMs, by);
    const delivered = await settle(limitMs);
    if (isStopped) throw new Failure("transient", `the host stops: ${functionName} runs when it starts again`);
    // A repeated trigger makes no second run: it answers with the first one's verdict.
    const run = await performRun(declaration, dependencies, log)({ dueMs, by });
    return { run, delivered };
  }

  return {
    kick,
    published,
    settle,
    runNow,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      for (const watcher of [...watchers]) watcher();
      await new Promise<void>((resolve) => {
        const late = setTimeout(finish, STOP_MS);
        watchers.add(done);
        done();
        function done(): void {
          if (engine.working().length === 0) finish();
        }
        function finish(): void {
          clearTimeout(late);
          watchers.delete(done);
          resolve();
        }
      });
    },
  };
}

/** What waits for a function that the configuration has given up would wait for ever. */
function dropUnwanted({ bus, declarations, dependencies }: Local, log: Log): void {
  const wanted = new Set(declarations.map(({ name }) => name));
  for (const [name, count] of Object.entries(bus.pendingBySubscription())) {
    if (wanted.has(name)) continue;
    bus.hurry(dependencies.clock.now());
    bus.ack(bus.take(name, dependencies.clock.now(), count).map(({ id }) => id));
    log({ severity: "WARNING", message: "dropped what waited for a function without work", function: name, count });
  }
}
