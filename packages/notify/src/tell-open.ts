/** A notifier's own run: what is open, and was never told to a receiver, is told to it. */

import type { IncidentChanged } from "@kintsugi/events/alerts";
import type { Observation } from "@kintsugi/events/observation";
import { deadLetters } from "@kintsugi/function-kit/dead-letter";
import type { RunOutcome } from "@kintsugi/function-kit/declaration";
import type { Documents } from "@kintsugi/ports/documents";
import { isAnyRefused } from "./announce-delivery.ts";
import { deliveriesCollection, DeliveryEntry } from "./delivery-entry.ts";
import { refusalSubject } from "./refusal.ts";
import { reasonOf, type Told } from "./tell.ts";

export type Candidate<T> = { readonly item: T; readonly entryId: string; readonly revision: number };

/** Those that nobody was told of, and those that were refused and can be tried again. Reads nothing when there are none. */
export async function untoldOf<T>(documents: Documents, candidates: readonly Candidate<T>[]): Promise<readonly T[]> {
  if (candidates.length === 0) return [];
  const stored = await documents.getMany(
    deliveriesCollection,
    candidates.map(({ entryId }) => entryId),
  );
  return candidates.flatMap(({ item, revision }, index) => {
    const entry = stored[index] === undefined ? undefined : DeliveryEntry.parse(stored[index].data);
    const isTold = entry !== undefined && (revision <= entry.settled || (entry.first !== undefined && entry.refused === undefined));
    return isTold ? [] : [item];
  });
}

/** Whether the receivers could be reached is what the run says of the notifier. */
export function runOutcome(told: Told, receiver: string, counts: { readonly untold: number }): RunOutcome {
  const failed = reasonOf(told);
  return failed === undefined
    ? { verdict: "ok", counts }
    : {
        verdict: "unknown",
        counts,
        reason: `${told.failures.length} of ${counts.untold} could not be told: ${failed.reason}`,
        cause: failed.cause ?? receiver,
      };
}

/** A refusal that was told ends when nothing waits for a person any more, also where the message itself was given up meanwhile. */
export async function refusalOver(
  documents: Documents,
  notifier: string,
  open: readonly IncidentChanged[],
): Promise<readonly Observation[]> {
  const subject = refusalSubject(notifier);
  const isOpen = open.some((incident) => incident.subject.kind === "dead-letter" && incident.subject.function === notifier);
  if (!isOpen || (await isAnyRefused(documents, notifier))) return [];
  const letters = await documents.list(deadLetters);
  const waits = letters.some(({ data }) => data["function"] === notifier && data["needs_person"] === true);
  return waits ? [] : [{ subject, verdict: "ok" }];
}
