/** Several messages, one after the other: one that fails holds up none of the others. */

import { Failure, isPassing } from "@kintsugi/ports/failure";
import { deliver, type Delivery } from "./deliver.ts";
import type { Telling } from "./receiver.ts";
import type { Parts } from "./stored-entry.ts";

export type Result = { readonly telling: Telling; readonly delivery: Delivery };

/** @param closesRoom whether a failure says that the others of the same channel are not worth a try now; by default a limit does */
export async function deliverAll(
  parts: Parts,
  tellings: readonly Telling[],
  closesRoom: (error: unknown) => boolean = isLimit,
): Promise<readonly Result[]> {
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
    if (closesRoom(delivery.error)) held.set(room, delivery.error);
  }
  return results;
}

/** @throws the failure that lets the bus bring back what is not told yet */
export function throwFailed(results: readonly Result[]): void {
  const errors = results.flatMap(({ delivery }) => (delivery.status === "failed" ? [delivery.error] : []));
  const [error] = [...errors.filter(isPassing), ...errors];
  if (error !== undefined) throw error;
  const busy = results.flatMap(({ delivery, telling }) => (delivery.status === "busy" ? [{ ...delivery, telling }] : []));
  const [first] = busy;
  if (first === undefined) return;
  const { receiver, key } = first.telling;
  const untilMs = Math.max(...busy.map((each) => each.untilMs));
  throw new Failure("wait-until", `another instance is telling ${receiver.name} of ${key}`, { untilMs });
}

function isLimit(error: unknown): boolean {
  return error instanceof Failure && error.failure === "wait-until";
}
