/** Tells several things to one receiver: one that fails holds up none of the others. */

import { Conflict, Failure, messageOf } from "@kintsugi/ports/failure";
import type { Delivered } from "./deliver.ts";

export type Telling<T> = {
  /** What cannot be told now is not worth a try for others of the same room: `undefined` means that each is tried. */
  readonly roomOf: (item: T) => string;
  readonly tell: (item: T) => Promise<Delivered>;
};

export type Told = { readonly failures: readonly unknown[]; readonly againMs: number | undefined };

/** @param isPatient false where a room that fails once is left alone, as in a run that looks again soon */
export async function tellEach<T>(items: readonly T[], { roomOf, tell }: Telling<T>, isPatient: boolean): Promise<Told> {
  const closed = new Map<string, unknown>();
  const failures: unknown[] = [];
  const again: number[] = [];
  for (const item of items) {
    const room = roomOf(item);
    if (closed.has(room)) {
      failures.push(closed.get(room));
      continue;
    }
    try {
      const { againMs } = await tell(item);
      if (againMs !== undefined) again.push(againMs);
    } catch (error) {
      failures.push(error);
      if (!isPatient || isLimit(error)) closed.set(room, error);
    }
  }
  return { failures, againMs: again.length === 0 ? undefined : Math.max(...again) };
}

/** For who must hand all back that was not told: the bus brings it again. */
export function throwUntold({ failures, againMs }: Told): void {
  if (failures.length > 0) throw failures[0];
  if (againMs !== undefined) throw new Failure("wait-until", "another instance is telling it right now", { untilMs: againMs });
}

/** Why a run could not tell; what another instance tells is no failure. */
export function reasonOf({ failures }: Told): { readonly reason: string; readonly cause?: string } | undefined {
  const error = failures.find((failure) => !(failure instanceof Conflict));
  if (error === undefined) return undefined;
  const about = error instanceof Failure ? error.about : undefined;
  return { reason: messageOf(error), ...(about === undefined ? {} : { cause: about }) };
}

function isLimit(error: unknown): boolean {
  return error instanceof Failure && error.failure === "wait-until";
}
