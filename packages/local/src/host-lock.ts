/** One host per folder. The lock is one that the system lets go of when the process dies, however it dies. */

import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Failure, messageOf } from "@kintsugi/ports/failure";
import { z } from "zod";

const HostFile = z.object({ pid: z.number(), url: z.string(), token: z.string(), started: z.string() });
export type HostFile = z.infer<typeof HostFile>;

export type Lock = { release(): void };

const hostPath = (folder: string): string => join(folder, "host.json");

/** @throws a needs-human Failure that says who holds the folder */
export function lockFolder(folder: string): Lock {
  try {
    mkdirSync(folder, { recursive: true });
    const database = new DatabaseSync(join(folder, "lock.db"), { timeout: 0 });
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;");
    return { release: () => database.close() };
  } catch (error) {
    const holder = readHost(folder);
    const who = holder === undefined ? `(${messageOf(error)})` : `by process ${holder.pid} since ${holder.started}, at ${holder.url}`;
    throw new Failure("needs-human", `the folder ${folder} is held ${who}: stop that one, or set another runtime.local`, { cause: error });
  }
}

/** Readable by its owner alone: it holds the token. */
export function writeHost(folder: string, host: HostFile): void {
  writeFileSync(hostPath(folder), JSON.stringify(host), { mode: 0o600 });
  chmodSync(hostPath(folder), 0o600);
}

export function readHost(folder: string): HostFile | undefined {
  if (!existsSync(hostPath(folder))) return undefined;
  try {
    return HostFile.parse(JSON.parse(readFileSync(hostPath(folder), "utf8")));
  } catch {
    return undefined;
  }
}

/** The token of the folder; made once. */
export function keepToken(folder: string, given: string | undefined, newToken: () => string): string {
  if (given !== undefined && given !== "") return given;
  const path = join(folder, "token");
  if (existsSync(path)) return readFileSync(path, "utf8").trim();
  const token = newToken();
  writeFileSync(path, token, { mode: 0o600 });
  return token;
}
