/** Which function has not been heard of for two of its periods. Pure. */

import type { Config } from "@kintsugi/config/model";

export type Watched = { readonly name: string; readonly periodMs: number };

/** A function with nothing to do does not run and is not watched; who ticks cannot watch itself. */
export function watchedFunctions(config: Config): readonly Watched[] {
  const { schedules } = config;
  return [
    ...((config.drift?.services.length ?? 0) > 0 ? [{ name: "drift", periodMs: schedules.drift }] : []),
    ...(config.phases.some(({ checks }) => checks.length > 0) ? [{ name: "canary", periodMs: schedules.canary }] : []),
    ...(config.healers.length > 0 ? [{ name: "cleanup", periodMs: schedules.cleanup }] : []),
    { name: "healing-tracker", periodMs: schedules.reconcile },
  ];
}

/** Two due times have passed: a run at this very instant may still be on its way. @param sinceMs the later of start and last run */
export function isSilent(sinceMs: number, periodMs: number, nowMs: number): boolean {
  const secondDue = (Math.floor(sinceMs / periodMs) + 2) * periodMs;
  return nowMs > secondDue;
}
