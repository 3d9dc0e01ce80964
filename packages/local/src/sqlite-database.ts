/** The one SQLite file of a local installation: documents, bus and schedules, so that they share transactions. */

import { dirname } from "node:path";
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
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 5_000 });
    const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
    // Before anything is written.
    if (version > SCHEMA_VERSION) throw newerSchema(path, version);
    database.exec(PRAGMAS);
    upgrade(database, version);
    return database;
  } catch (error) {
    if (database?.isOpen === true) database.close();
    throw error instanceof Failure ? error : openFailure(path, error);
  }
}

function upgrade(database: DatabaseSync, version: number): void {
  database.exec("BEGIN IMMEDIATE");
  database.exec(`${upgradeFrom(version)} ${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION};`);
  database.exec("COMMIT");
}

function newerSchema(path: string, version: number): Failure {
  const known = `schema ${version}, this one knows ${SCHEMA_VERSION}`;
  return new Failure("needs-human", `${path} was written by a newer kintsugi (${known}): update kintsugi`, { about: "documents" });
}

/** SQLite's BUSY, READONLY, FULL and CANTOPEN say nothing against the file. */
function openFailure(path: string, error: unknown): Failure {
  const details = { cause: error, about: "documents" };
  const fail = (what: string, remedy: string): Failure =>
    new Failure("needs-human", `${path} ${what} (${messageOf(error)}): ${remedy}`, details);
  switch (codeOf(error)) {
    case 5:
      return fail("is held by another process", "try again when it is done");
    case 8:
    case 14:
      return fail(
        "cannot be written",
        `it stays as it is; let this user write it and the folder ${dirname(path)}, or give another runtime.local`,
      );
    case 13:
      return fail("has no room", `the disk of ${dirname(path)} is full: make room there`);
    default:
      return fail("cannot be opened as a database", "move it away to start anew, or restore it");
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
    throw failureOf(error, database.location());
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

/** SQLite's BUSY, LOCKED, READONLY, IOERR, FULL and CANTOPEN pass by themselves, or once somebody has let it write; all else stays as it is. */
const PASSING_CODES = [5, 6, 8, 10, 13, 14];

/** @param path of the file, where it is known */
export function failureOf(error: unknown, path?: string | null): unknown {
  const code = codeOf(error);
  if (!PASSING_CODES.includes(code)) return error;
  const remedy = path === undefined || path === null ? "" : remedyOf(code, dirname(path));
  return new Failure("transient", `the document store: ${messageOf(error)}${remedy}`, { cause: error, about: "documents" });
}

function remedyOf(code: number, folder: string): string {
  switch (code) {
    case 13:
      return `: make room on the disk of ${folder}`;
    case 8:
    case 14:
      return `: let this user write ${folder}`;
    default:
      return "";
  }
}

/** The result code without its extension; 0 where the error is none of SQLite's. */
function codeOf(error: unknown): number {
  return error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : 0;
}
