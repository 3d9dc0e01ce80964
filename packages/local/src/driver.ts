/** Drives the engine by a clock that the caller moves: schedules fire aligned, deliveries when they are due. */

import type { Log } from "@kintsugi/function-kit/deliver-events";
import { createEngine, type Engine } from "./engine.ts";
import type { LocalSystem } from "./open-local.ts";
import { lastDue, nextDue, type Schedule, schedulesOf } from "./schedule.ts";

export type Driver = {
  readonly engine: Engine;
  /** Puts every run that is due and was not triggered yet on the bus: of several that were missed, the last. */
  fireSchedules(): void;
  /** Hands out what is due now, and what follows from it, until nothing is due any more. */
  settle(): Promise<void>;
  /** When something is due next; may be in the past. */
  nextMs(): number;
  /** Called when something may be due that was not before. */
  wake(): void;
  /** Resolves at the next wake. */
  woken(): Promise<void>;
};

export function createDriver(system: LocalSystem, log: Log): Driver {
  const { bus, dependencies, documents, config, declarations } = system;
  const schedules = schedulesOf(declarations, config);
  const { clock } = dependencies;
  let waiting: (() => void)[] = [];
  const wake = (): void => {
    const woken = waiting;
    waiting = [];
    for (const resolve of woken) resolve();
  };
  const woken = (): Promise<void> => new Promise((resolve) => void waiting.push(resolve));
  const engine = createEngine({ declarations, dependencies, bus, commitWithAck: documents.commitWithAck, log, onProgress: wake });
  const upcoming = ({ name, periodMs }: Schedule): number => nextDue(periodMs, bus.lastDue(name) ?? lastDue(periodMs, clock.now()) - 1);

  return {
    engine,
    fireSchedules() {
      for (const schedule of schedules) if (upcoming(schedule) <= clock.now()) bus.enqueueRun(schedule.name, lastDue(schedule.periodMs, clock.now()));
    },
    async settle() {
      for (;;) {
        const progress = woken();
        engine.startDue();
        if (engine.working().length === 0) return;
        await progress;
      }
    },
    nextMs: () => Math.min(bus.nextDue(engine.working()) ?? Number.POSITIVE_INFINITY, ...schedules.map(upcoming)),
    wake,
    woken,
  };
}
