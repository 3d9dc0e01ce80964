/** One transaction for all that is asked for within one turn of the event loop: it waits for the disk once. */

import type { DatabaseSync } from "node:sqlite";
import { failureOf, inTransaction } from "./sqlite-database.ts";

export type GroupCommit = {
  /** Resolves once the work is on the disk. Work that throws is undone and rejects; its neighbours are stored all the same. */
  commit<T>(work: () => T): Promise<T>;
  /** Stores at once what is asked for so far. */
  flush(): void;
};

/** `settle` tells whoever asked, which is done only when the transaction has ended. */
type Asked = { readonly run: () => { readonly settle: () => void }; readonly reject: (error: unknown) => void };

export function groupCommit(database: DatabaseSync): GroupCommit {
  let waiting: Asked[] = [];

  function flush(): void {
    const group = waiting;
    waiting = [];
    if (group.length === 0) return;
    try {
      const done = inTransaction(database, () => group.map(({ run }) => run()));
      for (const { settle } of done) settle();
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  return {
    flush,
    commit: (work) =>
      new Promise((resolve, reject) => {
        const run = (): { settle: () => void } => {
          const outcome = apart(database, work);
          return { settle: () => ("error" in outcome ? reject(outcome.error) : resolve(outcome.value)) };
        };
        if (waiting.push({ run, reject }) === 1) setImmediate(flush);
      }),
  };
}

/** @throws where not only this work has failed, but the whole transaction */
function apart<T>(database: DatabaseSync, work: () => T): { readonly value: T } | { readonly error: unknown } {
  database.exec("SAVEPOINT one");
  try {
    const value = work();
    database.exec("RELEASE one");
    return { value };
  } catch (error) {
    // Where the disk is full, SQLite may have rolled back everything by itself.
    if (!database.isTransaction) throw error;
    database.exec("ROLLBACK TO one; RELEASE one");
    return { error: failureOf(error, database.location()) };
  }
}
