/** What a run tells: open incidents of which a receiver has not been told, because it was added, unreachable or refused. */

import type { IncidentChanged } from "@kintsugi/events/alerts";
import { subjectKey } from "@kintsugi/events/subject";
import { deadLetters } from "@kintsugi/function-kit/dead-letter";
import type { RunOutcome } from "@kintsugi/function-kit/declaration";
import { listOpen, type OpenIncident, readOpen } from "@kintsugi/function-kit/incidents";
import type { Documents } from "@kintsugi/ports/documents";
import { Failure, messageOf } from "@kintsugi/ports/failure";
import { deliveriesCollection, entryId } from "./delivery-entry.ts";
import type { DeliveryRooms, Result } from "./delivery-rooms.ts";
import { readLookedAfter, storeLookedAfter, withoutKnown } from "./looked-after.ts";
import type { Receiver, Telling } from "./receiver.ts";
import { accepting } from "./refusal.ts";
import { type Parts, readAs, refusedEntries } from "./stored-entry.ts";

export type Audience = { readonly receiver: Receiver; readonly tellingOf: (incident: IncidentChanged) => Telling | undefined };

/** As long as something is told in each. A function runs by itself, and its next events wait for it. */
const PATIENCE = { ms: 1_500, times: 12 };

export async function tellUntold(parts: Parts, rooms: DeliveryRooms, audiences: readonly Audience[]): Promise<RunOutcome> {
  const { documents } = parts;
  const open = await listOpen(documents);
  const results = (await Promise.all(audiences.map((audience) => tellAudience(parts, rooms, { audience, open })))).flat();
  const counts = { open: open.length, told: results.filter(({ told }) => told.status === "done" && told.isTold).length };
  const { notifier } = audiences[0]!.receiver;
  const observations = (await isMended(documents, notifier, open)) ? [accepting({ notifier })] : [];
  return { ...verdictOf(results), counts, observations };
}

type About = { readonly audience: Audience; readonly open: readonly OpenIncident[] };

/** What was looked after before is not read again, so that a run with nothing to tell costs the same however much is open. */
async function tellAudience(
  { documents }: Parts,
  rooms: DeliveryRooms,
  { audience: { receiver, tellingOf }, open }: About,
): Promise<readonly Result[]> {
  const toTell = open.filter(({ post }) => post);
  if (toTell.length === 0) return [];
  const known = await readLookedAfter(documents, receiver);
  const news = withoutKnown(toTell, known);
  if (news.length === 0) return [];
  const tellings = (await readOpen(documents, news)).flatMap((incident) => tellingOf(incident) ?? []).filter(({ wanted }) => wanted.post);
  const results = await rooms.tell(await untold(documents, receiver, tellings), PATIENCE);
  const left = new Set(results.filter(({ told }) => told.status !== "done").map(({ telling }) => telling.key));
  await storeLookedAfter(documents, receiver, { known, open: toTell.filter(({ key }) => !left.has(key)) });
  return results;
}

function verdictOf(results: readonly Result[]): Pick<RunOutcome, "verdict" | "reason" | "cause"> {
  for (const { told, telling } of results) {
    const error = told.status === "failed" ? told.error : told.status === "waiting" ? told.trouble : undefined;
    if (error === undefined) continue;
    const about = error instanceof Failure ? error.about : undefined;
    return { verdict: "unknown", reason: messageOf(error), cause: about ?? telling.receiver.name };
  }
  return { verdict: "ok" };
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
async function isMended(documents: Documents, notifier: string, open: readonly OpenIncident[]): Promise<boolean> {
  const own = subjectKey({ kind: "dead-letter", function: notifier });
  if (!open.some(({ key }) => key === own)) return false;
  if ((await refusedEntries(documents, notifier)).length > 0) return false;
  // The same incident stands for messages of the bus that this notifier could not handle.
  const letters = await documents.list(deadLetters);
  return !letters.some(({ data }) => data["function"] === notifier && data["needs_person"] === true);
}
