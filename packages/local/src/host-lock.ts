/** One process at a time works on a folder. The operating system lets the lock go when its holder dies, however it dies. */

import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Failure, messageOf } from "@kintsugi/ports/failure";
import { z } from "zod";
import { makePrivateFile, makePrivateFolder, writePrivateFile } from "./private-files.ts";

/** Who holds the folder; without `url` it answers nobody, as `run --once`. */
export const HostRecord = z.object({ pid: z.number(), started: z.string(), url: z.string().optional(), token: z.string().optional() });
export type HostRecord = z.infer<typeof HostRecord>;

export type FolderLock = {
  /** Tells others who holds the folder and how to reach it; read by the same user only. */
  record(holder: HostRecord): void;
  release(): void;
};

/** A host that was killed a moment ago may still be on its way out. */
const WAIT_MS = 1_500;

/** @throws a needs-human Failure that says who holds the folder */
export function lockFolder(folder: string, waitMs = WAIT_MS): FolderLock {
  makePrivateFolder(folder);
  makePrivateFile(lockFile(folder));
  const database = openLock(folder, waitMs);
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    throw new Failure("needs-human", heldBy(folder, readRecord(folder)), { cause: error });
  }
  const file = recordFile(folder);
  rmSync(file, { force: true });
  return {
    record(holder) {
      writePrivateFile(`${file}.new`, JSON.stringify(holder));
      renameSync(`${file}.new`, file);
    },
    release() {
      rmSync(file, { force: true });
      database.close();
    },
  };
}

/** Who holds the folder now; undefined when nobody does, whatever a killed host left behind. */
export function holderOf(folder: string): Partial<HostRecord> | undefined {
  if (!existsSync(lockFile(folder))) return undefined;
  const database = openLock(folder, 0);
  try {
    database.prepare("SELECT count(*) FROM sqlite_schema").get();
    return undefined;
  } catch {
    return readRecord(folder) ?? {};
  } finally {
    database.close();
  }
}

export function heldBy(folder: string, holder: Partial<HostRecord> | undefined): string {
  if (holder?.pid === undefined) return `${folder} is in use by another kintsugi that is just starting: try again in a moment`;
  const where = holder.url === undefined ? "" : ` at ${holder.url}`;
  return `${folder} is in use: process ${holder.pid} runs there since ${holder.started}${where}; stop it first (Ctrl-C, or kill ${holder.pid})`;
}

function openLock(folder: string, timeout: number): DatabaseSync {
  try {
    return new DatabaseSync(lockFile(folder), { timeout });
  } catch (error) {
    throw new Failure(
      "needs-human",
      `the folder ${folder} cannot be used (${messageOf(error)}): check runtime.local and who may write there`,
      { cause: error },
    );
  }
}

function readRecord(folder: string): HostRecord | undefined {
  try {
    return HostRecord.parse(JSON.parse(readFileSync(recordFile(folder), "utf8")));
  } catch {
    return undefined;
  }
}

function lockFile(folder: string): string {
  return join(folder, "lock.db");
}

function recordFile(folder: string): string {
  return join(folder, "host.json");
}
