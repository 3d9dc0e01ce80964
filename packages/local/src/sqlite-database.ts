/** The one SQLite file of a local installation: documents, bus and schedules, so that they share transactions. */

import { DatabaseSync } from "node:sqlite";
import { Failure, messageOf } from "@kintsugi/ports/failure";
import { type GroupCommit, groupCommit } from "./group-commit.ts";

export type Sqlite = Pick<GroupCommit, "commit"> & {
  readonly database: DatabaseSync;
  close(): void;
};

const SCHEMA_VERSION = 3;

/** Rows lie in the order in which they came, so that a commit of many touches few pages: ids are hashes, and only the index is in their order. */
const DOCUMENTS = `
CREATE TABLE IF NOT EXISTS documents (
  collection TEXT NOT NULL, id TEXT NOT NULL, data TEXT NOT NULL, version INTEGER NOT NULL, expires_ms INTEGER,
  PRIMARY KEY (collection, id)
);
`;

const SCHEMA = `
${DOCUMENTS}
CREATE INDEX IF NOT EXISTS documents_expired ON documents (expires_ms) WHERE expires_ms IS NOT NULL;
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  subscription TEXT NOT NULL, kind TEXT NOT NULL, topic TEXT NOT NULL, message_id TEXT NOT NULL,
  attributes TEXT NOT NULL, data BLOB NOT NULL, attempt INTEGER NOT NULL, published_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (subscription, due_ms, id);
CREATE TABLE IF NOT EXISTS schedules (function TEXT PRIMARY KEY, last_due_ms INTEGER NOT NULL) WITHOUT ROWID;
`;

/** The log of changes goes into the file every 16 MiB, and is cut to that again after a burst. */
const PRAGMAS = `
PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
PRAGMA wal_autocheckpoint = 4096; PRAGMA journal_size_limit = 16777216; PRAGMA cache_size = -16384;
`;

/** @param path a file, or `:memory:`. Throws a needs-human Failure when the file is no database of ours. */
export function openSqlite(path: string): Sqlite {
  const database = openDatabase(path);
  const { commit, flush } = groupCommit(database);
  return {
    database,
    commit,
    close() {
      flush();
      database.close();
    },
  };
}

function openDatabase(path: string): DatabaseSync {
  try {
    const database = new DatabaseSync(path, { timeout: 5_000 });
    database.exec(PRAGMAS);
    const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
    if (version > SCHEMA_VERSION) {
      database.close();
      throw new Failure(
        "needs-human",
        `${path} was written by a newer kintsugi (schema ${version}, this one knows ${SCHEMA_VERSION}): update kintsugi`,
        { about: "documents" },
      );
    }
    inTransaction(database, () => database.exec(`${upgradeFrom(version)} ${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION};`));
    return database;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(
      "needs-human",
      `${path} cannot be opened as a database (${messageOf(error)}): move it away to start anew, or restore it`,
      { cause: error, about: "documents" },
    );
  }
}

/** Statements that bring what an older version has stored into the form of this one. */
function upgradeFrom(version: number): string {
  switch (version) {
    case 1:
      return `ALTER TABLE documents ADD COLUMN expires_ms INTEGER; ${upgradeFrom(2)}`;
    case 2:
      return `ALTER TABLE documents RENAME TO former; DROP INDEX IF EXISTS documents_expired; ${DOCUMENTS}
        INSERT INTO documents SELECT collection, id, data, version, expires_ms FROM former; DROP TABLE former;`;
    default:
      return "";
  }
}

/** Runs in one transaction; rolls back when it throws. */
export function inTransaction<T>(database: DatabaseSync, run: () => T): T {
  try {
    database.exec("BEGIN IMMEDIATE");
    const result = run();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // Where the disk is full, SQLite has rolled back by itself.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw failureOf(error);
  }
}

/** Runs statements that only read. */
export function reading<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw failureOf(error);
  }
}

/** SQLite's BUSY, LOCKED, IOERR, FULL and CANTOPEN pass by themselves, or once the disk has room; all else stays as it is. */
const PASSING_CODES = [5, 6, 10, 13, 14];

export function failureOf(error: unknown): unknown {
  if (!(error instanceof Error && "errcode" in error)) return error;
  const isPassing = PASSING_CODES.includes(Number(error.errcode) & 0xff);
  return isPassing ? new Failure("transient", `the document store: ${error.message}`, { cause: error, about: "documents" }) : error;
}
