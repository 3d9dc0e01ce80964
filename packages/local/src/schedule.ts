/** Schedules aligned to the clock in UTC. Pure. */

import type { Config } from "@kintsugi/config/model";
import type { FunctionDeclaration } from "@kintsugi/function-kit/declaration";

export type Schedule = { readonly name: string; readonly periodMs: number };

export function schedulesOf(declarations: readonly FunctionDeclaration[], config: Config): readonly Schedule[] {
  return declarations.flatMap(({ name, schedule }) => (schedule === undefined ? [] : [{ name, periodMs: config.schedules[schedule] }]));
}

/** The latest due time at or before an instant. */
export function lastDue(periodMs: number, atMs: number): number {
  return Math.floor(atMs / periodMs) * periodMs;
}

/** The first due time after an instant. */
export function nextDue(periodMs: number, atMs: number): number {
  return lastDue(periodMs, atMs) + periodMs;
}
