/** One entry in the store: read once, and written only while nobody else has written it. */

import { derivedId } from "@kintsugi/events/event";
import { announce } from "@kintsugi/function-kit/announce";
import type { NewEvent } from "@kintsugi/function-kit/declaration";
import { publishStored } from "@kintsugi/function-kit/publish-stored";
import type { Change, Document, Documents, Write } from "@kintsugi/ports/documents";
import { Conflict } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import type { Clock } from "@kintsugi/ports/ports";
import { deliveriesCollection, DeliveryEntry, entryId, type EntryName, fromFirstVersion, newEntry } from "./delivery-entry.ts";
import type { Telling } from "./receiver.ts";

export type Parts = { readonly documents: Documents; readonly clock: Clock };

export type StoredEntry = {
  /** As it was read. */
  readonly entry: DeliveryEntry;
  /** @throws Conflict when somebody else has written it since */
  save(entry: DeliveryEntry, publish: readonly NewEvent[]): Promise<void>;
  /** Publishes what an earlier try to deliver this revision has left unpublished. */
  flush(): Promise<void>;
};

/** Entries of incidents that are over are kept so long. */
const KEPT_MS = 30 * 86_400_000;

export async function openEntry({ documents, clock }: Parts, telling: Telling): Promise<StoredEntry> {
  const name = nameOf(telling);
  const id = entryId(name);
  const read = await readEntry(documents, name, telling.receiver.takesFirstVersion);
  const outbox = derivedId(id, String(telling.wanted.revision));
  let { version } = read;
  let before = read.entry;
  let saves = 0;

  async function save(entry: DeliveryEntry, publish: readonly NewEvent[]): Promise<void> {
    if (saves > 0) version = await versionOf(documents, id, before);
    const nowMs = clock.now();
    const data = JSON.parse(JSON.stringify(entry)) as JsonObject;
    const expires = entry.state === "resolved" ? { expiresMs: nowMs + KEPT_MS } : {};
    const part = `${outbox}~${nowMs}-${saves}`;
    const target = { collection: deliveriesCollection, id, data, ...expires } as const;
    const write: Write = version === undefined ? { op: "create", ...target } : { op: "set", ...target, version };
    const writes = [write, ...(saves === 0 ? read.replaced : [])];
    const messages = announce(publish, { functionName: name.notifier, cause: part, nowMs });
    await commitOrFind(documents, { writes, publish: messages, outbox: part }, data);
    saves++;
    before = entry;
    if (messages.length > 0) await publishStored(documents, part);
  }

  return { entry: read.entry, save, flush: () => publishStored(documents, outbox) };
}

function nameOf({ receiver, key, channel, wanted }: Telling): EntryName {
  return { notifier: receiver.notifier, receiver: receiver.name, key, channel, messageKey: wanted.messageKey };
}

/** What this notifier's receivers refuse just now. */
export async function refusedEntries(documents: Pick<Documents, "list">, notifier: string): Promise<readonly DeliveryEntry[]> {
  const entries = (await documents.list(deliveriesCollection)).flatMap(({ data }) => DeliveryEntry.safeParse(data).data ?? []);
  return entries.filter((entry) => entry.notifier === notifier && entry.refused !== undefined);
}

type Read = { readonly entry: DeliveryEntry; readonly version?: string | undefined; readonly replaced: readonly Write[] };

async function readEntry(documents: Documents, name: EntryName, takesFirstVersion: boolean): Promise<Read> {
  const own = await documents.get(deliveriesCollection, entryId(name));
  const old = own === undefined && takesFirstVersion ? await documents.get(deliveriesCollection, name.messageKey) : undefined;
  return readAs(name, own, old);
}

export function readAs(name: EntryName, own: Document | undefined, old: Document | undefined): Read {
  if (own !== undefined) return { entry: DeliveryEntry.parse(own.data), version: own.version, replaced: [] };
  const converted = old === undefined ? undefined : fromFirstVersion(old.data, name);
  if (old === undefined || converted === undefined) return { entry: newEntry(name), replaced: [] };
  return { entry: converted, replaced: [{ op: "delete", collection: deliveriesCollection, id: old.id, version: old.version }] };
}

/** The version of what was saved last. Whoever took over, because it took too long, has left a claim of its own. */
async function versionOf(documents: Documents, id: string, before: DeliveryEntry): Promise<string> {
  const document = await documents.get(deliveriesCollection, id);
  const claim = document === undefined ? undefined : DeliveryEntry.parse(document.data).claim;
  const isOurs = claim?.atMs === before.claim?.atMs && claim?.revision === before.claim?.revision;
  if (document === undefined || !isOurs) throw new Conflict(`another instance tells ${before.receiver} of ${before.key}`);
  return document.version;
}

/** A commit whose answer was lost has worked if what it wrote is there. */
async function commitOrFind(documents: Documents, change: Change, data: JsonObject): Promise<void> {
  try {
    await documents.commit(change);
  } catch (error) {
    if (error instanceof Conflict) throw error;
    const found = await documents.get(deliveriesCollection, change.writes[0]!.id);
    if (found === undefined || sorted(found.data) !== sorted(data)) throw error;
  }
}

function sorted(data: JsonObject): string {
  return JSON.stringify(Object.entries(data).sort(([a], [b]) => a.localeCompare(b)));
}
