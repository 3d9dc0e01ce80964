/** Which open incidents a receiver was told of, or need not be: one small document, so that a run looks only at the others. */

import { derivedId } from "@kintsugi/events/event";
import type { OpenIncident } from "@kintsugi/function-kit/incidents";
import type { Documents } from "@kintsugi/ports/documents";
import { z } from "zod";
import type { Receiver } from "./receiver.ts";

const collection = "kintsugi_told";

const LookedAfter = z.object({ incidents: z.array(z.string()) });

/** Names of incidents as they were when they were looked after. */
export type Known = ReadonlySet<string>;

export async function readLookedAfter(documents: Pick<Documents, "get">, receiver: Receiver): Promise<Known> {
  const document = await documents.get(collection, idOf(receiver));
  return new Set(document === undefined ? [] : LookedAfter.parse(document.data).incidents);
}

export function withoutKnown(open: readonly OpenIncident[], known: Known): readonly OpenIncident[] {
  return open.filter((incident) => !known.has(nameOf(incident)));
}

/** Whoever writes last is right: what is left out is looked at once more. @param open all that are looked after now */
export async function storeLookedAfter(
  documents: Pick<Documents, "commit">,
  receiver: Receiver,
  { known, open }: { readonly known: Known; readonly open: readonly OpenIncident[] },
): Promise<void> {
  const incidents = open.map(nameOf);
  if (incidents.length === known.size && incidents.every((name) => known.has(name))) return;
  const id = idOf(receiver);
  await documents.commit({ writes: [{ op: "set", collection, id, data: { incidents } }], publish: [], outbox: id });
}

/** Whether somebody is to be told hangs on these. */
function nameOf({ key, opened, severity, cause = "" }: OpenIncident): string {
  return derivedId(key, opened, severity, cause);
}

function idOf({ notifier, name }: Receiver): string {
  return derivedId(notifier, name);
}
