/** The document store: what is true now. Firestore in the cloud, SQLite on a laptop. */

import type { Message } from "./bus.ts";
import type { JsonObject } from "./json.ts";

export type Document = {
  readonly id: string;
  readonly data: JsonObject;
  /** Opaque; changes with every write. */
  readonly version: string;
};

type Place = { readonly collection: string; readonly id: string };
/** From `expiresMs` on (epoch ms) the document may be gone; without it, it stays. A merge without it leaves it as it was. */
type Content = Place & { readonly data: JsonObject; readonly expiresMs?: number };

export type Write =
  /** Fails with `Conflict` when the document exists. */
  | ({ readonly op: "create" } & Content)
  /** Replaces; with `version`, only the version that was read. */
  | ({ readonly op: "set"; readonly version?: string } & Content)
  /** Sets the named top-level fields and leaves the others; with `version`, only the version that was read. */
  | ({ readonly op: "merge"; readonly version?: string } & Content)
  /** Deleting what is not there is no error; with `version`, only the version that was read. */
  | ({ readonly op: "delete"; readonly version?: string } & Place);

export type Change = {
  readonly writes: readonly Write[];
  /** Goes to the bus because of the writes: never one without the other. */
  readonly publish: readonly Message[];
  /** Names this change, so that `flush` can publish what a crash left; derived from its cause. `a~b` is a part of `a`, flushed with it. */
  readonly outbox: string;
};

/** A message that no bus takes. `source` is its event's. */
export type Unpublished = { readonly source: string; readonly topic: string; readonly reason: string };

export type ListQuery = {
  /** Ids from here (inclusive) … */
  readonly from?: string;
  /** … to here (exclusive). */
  readonly to?: string;
  /** At most so many, in the order of ids. */
  readonly limit?: number;
  /** Leaves out documents in which this top-level field is true. */
  readonly unlessTrue?: string;
  /** With `unlessTrue`, for stores that can ask for what is false and not for what is missing: ids of documents in which it is missing. */
  readonly known?: readonly string[];
  /** With `unlessTrue`: whether such a store may read all to find others in which it is missing. Default true. */
  readonly mayReadAll?: boolean;
};

/**
 * Takes `batches/b1` and `batches/b1/completions/p1` apart: a collection may lie below a document. A path of another form is of the first
 * collection. Undefined for one that names no document.
 */
export function placeOf(path: string): { readonly collection: string; readonly id: string } | undefined {
  const parts = path.split("/");
  if (parts.length < 2 || parts.includes("")) return undefined;
  const collection = parts.length % 2 === 0 ? parts.slice(0, -1) : parts.slice(0, 1);
  return { collection: collection.join("/"), id: parts.slice(collection.length).join("/") };
}

export type Documents = {
  get(collection: string, id: string): Promise<Document | undefined>;
  getMany(collection: string, ids: readonly string[]): Promise<readonly (Document | undefined)[]>;
  /** Ordered by id. A collection that does not exist is empty. */
  list(collection: string, query?: ListQuery): Promise<readonly Document[]>;
  /** All or nothing. Throws `Conflict` when a precondition does not hold. */
  commit(change: Change): Promise<void>;
  /** Publishes what a committed change left unpublished; nothing where bus and documents share a transaction. */
  flush(outbox: string): Promise<void>;
  /**
   * Publishes what any change, whoever made it, left unpublished before `untilMs` (epoch ms), each message by itself.
   * Returns what cannot be published; it stays, and is tried again the next time.
   */
  sweepOutbox(untilMs: number): Promise<readonly Unpublished[]>;
};
