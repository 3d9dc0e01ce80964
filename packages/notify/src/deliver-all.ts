/** Several messages, one after the other: one that fails holds up none of the others. */

import { Failure, isPassing } from "@kintsugi/ports/failure";
import { deliver, type Delivery } from "./deliver.ts";
import type { Telling } from "./receiver.ts";
import type { Parts } from "./stored-entry.ts";

export type Result = { readonly telling: Telling; readonly delivery: Delivery };

export async function deliverAll(parts: Parts, tellings: readonly Telling[]): Promise<readonly Result[]> {
  const results: Result[] = [];
  const held = new Map<string, unknown>();
  for (const telling of tellings) {
    const { receiver, channel, wanted } = telling;
    const message = `${receiver.name} ${wanted.messageKey}`;
    const room = `${receiver.name} in ${channel}`;
    const before = held.get(message) ?? held.get(room);
    const delivery: Delivery = before === undefined ? await deliver(parts, telling) : { status: "failed", error: before };
    results.push({ telling, delivery });
    if (delivery.status !== "failed") continue;
    // What comes after it about the same keeps its place, and a limit is one of the whole channel.
    held.set(message, delivery.error);
    if (delivery.error instanceof Failure && delivery.error.failure === "wait-until") held.set(room, delivery.error);
  }
  return results;
}

/** @throws the failure that lets the bus bring back what is not told yet */
export function throwFailed(results: readonly Result[]): void {
  const errors = results.flatMap(({ delivery }) => (delivery.status === "failed" ? [delivery.error] : []));
  const [error] = [...errors.filter(isPassing), ...errors];
  if (error !== undefined) throw error;
  const busy = results.find(({ delivery }) => delivery.status === "busy");
  if (busy !== undefined)
    throw new Failure("transient", `another instance is telling ${busy.telling.receiver.name} of ${busy.telling.key}`);
}
