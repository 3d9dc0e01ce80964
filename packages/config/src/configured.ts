/** Which functions a configuration gives something to do, and how often each runs. Pure. */

import type { Config, Schedules } from "./model.ts";

/** The key of `schedules` that says how often a function runs; null for one that runs only when it is asked. */
const scheduleOf = {
  drift: "drift",
  canary: "canary",
  gate: null,
  cleanup: "cleanup",
  "healing-tracker": "reconcile",
  "pattern-detector": "patterns",
  "slack-notifier": "patterns",
  "webhook-notifier": "patterns",
} as const satisfies Readonly<Record<string, keyof Schedules | null>>;

export type FunctionName = keyof typeof scheduleOf;

export const functionNames = Object.keys(scheduleOf) as readonly FunctionName[];

export function isConfigured(name: FunctionName, config: Config): boolean {
  switch (name) {
    case "drift":
      return config.drift !== undefined && config.drift.services.length > 0;
    case "canary":
      return config.phases.some(({ checks }) => checks.length > 0);
    case "gate":
      return config.gates.length > 0;
    case "cleanup":
      return config.healers.length > 0;
    case "webhook-notifier":
      return config.receivers.length > 0;
    case "healing-tracker":
    case "pattern-detector":
    case "slack-notifier":
      return true;
  }
}

export type ScheduledFunction = { readonly name: FunctionName; readonly schedule: keyof Schedules; readonly periodMs: number };

/** Every function that runs by itself. One that has nothing to do is not among them: its silence means nothing. */
export function scheduledFunctions(config: Config): readonly ScheduledFunction[] {
  return functionNames.flatMap((name) => {
    const schedule = scheduleOf[name];
    return schedule === null || !isConfigured(name, config) ? [] : [{ name, schedule, periodMs: config.schedules[schedule] }];
  });
}
