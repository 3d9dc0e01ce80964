/** The one SQLite file of a local installation: documents, bus and schedules, so that they share transactions. */

import { DatabaseSync } from "node:sqlite";
import { Failure, messageOf } from "@kintsugi/ports/failure";

const SCHEMA_VERSION = 2;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS documents (
  collection TEXT NOT NULL, id TEXT NOT NULL, data TEXT NOT NULL, version INTEGER NOT NULL, expires_ms INTEGER,
  PRIMARY KEY (collection, id)
) WITHOUT ROWID;
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

/** @param path a file, or `:memory:`. Throws a needs-human Failure when the file is no database of ours. */
export function openSqlite(path: string): DatabaseSync {
  try {
    const database = new DatabaseSync(path, { timeout: 5_000 });
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
    if (version > SCHEMA_VERSION) {
      database.close();
      throw new Failure(
        "needs-human",
        `${path} was written by a newer kintsugi (schema ${version}, this one knows ${SCHEMA_VERSION}): update kintsugi`,
        { about: "documents" },
      );
    }
    if (version === 1) database.exec("ALTER TABLE documents ADD COLUMN expires_ms INTEGER");
    database.exec(`${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION};`);
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

function failureOf(error: unknown): unknown {
  if (!(error instanceof Error && "errcode" in error)) return error;
  const isPassing = PASSING_CODES.includes(Number(error.errcode) & 0xff);
  return isPassing ? new Failure("transient", `the document store: ${error.message}`, { cause: error, about: "documents" }) : error;
}
