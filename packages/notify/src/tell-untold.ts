/** What a run tells: open incidents of which a receiver has not been told, because it was added, unreachable or refused. */

import type { IncidentChanged } from "@kintsugi/events/alerts";
import { deadLetters } from "@kintsugi/function-kit/dead-letter";
import type { RunOutcome } from "@kintsugi/function-kit/declaration";
import type { Documents } from "@kintsugi/ports/documents";
import { Failure, messageOf } from "@kintsugi/ports/failure";
import { deliverAll, type Result } from "./deliver-all.ts";
import { deliveriesCollection, entryId } from "./delivery-entry.ts";
import type { Receiver, Telling } from "./receiver.ts";
import { accepting } from "./refusal.ts";
import { type Parts, readAs, refusedEntries } from "./stored-entry.ts";

export type Audience = { readonly receiver: Receiver; readonly tellingOf: (incident: IncidentChanged) => Telling | undefined };

export async function tellUntold(parts: Parts, audiences: readonly Audience[], open: readonly IncidentChanged[]): Promise<RunOutcome> {
  const results: Result[] = [];
  for (const { receiver, tellingOf } of audiences) {
    const tellings = open.flatMap((incident) => tellingOf(incident) ?? []).filter(({ wanted }) => wanted.post);
    // The next run tries again, so a channel that fails once is left alone: many calls that hang would hold up the run.
    results.push(...(await deliverAll(parts, await untold(parts.documents, receiver, tellings), () => true)));
  }
  const counts = { open: open.length, told: results.filter(({ delivery }) => delivery.status === "done" && delivery.isTold).length };
  const { notifier } = audiences[0]!.receiver;
  const observations = (await isMended(parts.documents, notifier, open)) ? [accepting({ notifier })] : [];
  return { ...verdictOf(results), counts, observations };
}

function verdictOf(results: readonly Result[]): Pick<RunOutcome, "verdict" | "reason" | "cause"> {
  const failed = results.find(({ delivery }) => delivery.status === "failed");
  if (failed?.delivery.status !== "failed") return { verdict: "ok" };
  const { error } = failed.delivery;
  const about = error instanceof Failure ? error.about : undefined;
  return { verdict: "unknown", reason: messageOf(error), cause: about ?? failed.telling.receiver.name };
}

/** Only reads. */
async function untold(documents: Documents, receiver: Receiver, tellings: readonly Telling[]): Promise<readonly Telling[]> {
  if (tellings.length === 0) return [];
  const ids = tellings.map(({ wanted }) => entryId({ receiver: receiver.name, messageKey: wanted.messageKey }));
  const own = await documents.getMany(deliveriesCollection, ids);
  const unknown = tellings.filter((_, index) => own[index] === undefined);
  const old = receiver.takesFirstVersion ? await firstVersions(documents, unknown) : [];
  return tellings.filter((telling, index) => {
    const { key, channel, wanted } = telling;
    const name = { notifier: receiver.notifier, receiver: receiver.name, key, channel, messageKey: wanted.messageKey };
    return readAs(name, own[index], old[unknown.indexOf(telling)]).entry.first === undefined;
  });
}

async function firstVersions(documents: Documents, tellings: readonly Telling[]) {
  return await documents.getMany(
    deliveriesCollection,
    tellings.map(({ wanted }) => wanted.messageKey),
  );
}

/** What was refused may have become pointless without being delivered: then nothing else says that all is well. */
async function isMended(documents: Documents, notifier: string, open: readonly IncidentChanged[]): Promise<boolean> {
  if (!open.some(({ subject }) => subject.kind === "dead-letter" && subject.function === notifier)) return false;
  if ((await refusedEntries(documents, notifier)).length > 0) return false;
  // The same incident stands for messages of the bus that this notifier could not handle.
  const letters = await documents.list(deadLetters);
  return !letters.some(({ data }) => data["function"] === notifier && data["needs_person"] === true);
}
