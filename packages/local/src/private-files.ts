/** What lies in the folder of an installation is its user's alone: repairs, messages, and the token. */

import { chmodSync, closeSync, lstatSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Failure, messageOf } from "@kintsugi/ports/failure";

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
/** The default's name. A folder that was there, under another name, may hold more than ours. */
const OWN_NAME = ".kintsugi";
const OWN_FILES = /^(?:kintsugi\.db|ledger\.duckdb|lock\.db|token|host\.json)/;

/** Makes the folder where it is missing, and takes from others what they may read or write of ours. */
export function makePrivateFolder(folder: string): void {
  try {
    const isMade = mkdirSync(folder, { recursive: true, mode: FOLDER_MODE }) !== undefined;
    if (isMade || basename(folder) === OWN_NAME) keepFolder(folder);
    for (const name of readdirSync(folder)) if (OWN_FILES.test(name)) restrict(join(folder, name), FILE_MODE);
  } catch (error) {
    throw new Failure(
      "needs-human",
      `the folder ${folder} cannot be made (${messageOf(error)}): check runtime.local and who may write there`,
      { cause: error },
    );
  }
}

/** Replaces whatever stands there, and follows no link. */
export function writePrivateFile(file: string, text: string): void {
  rmSync(file, { force: true });
  writeFileSync(file, text, { mode: FILE_MODE, flag: "wx" });
}

/** For what is written by others: SQLite gives its logs the mode of the file, so the file must be there before it is opened. */
export function makePrivateFile(file: string): void {
  try {
    closeSync(openSync(file, "ax", FILE_MODE));
  } catch {
    // It is there, or cannot be: who opens it says why.
  }
}

/** A repository has no use for what lies here, and a commit of it would tell the token. */
function keepFolder(folder: string): void {
  restrict(folder, FOLDER_MODE);
  try {
    writeFileSync(join(folder, ".gitignore"), "*\n", { mode: FILE_MODE, flag: "wx" });
  } catch {
    // People may have written their own; a folder that is read-only says so when its files are opened.
  }
}

/** Where a file system knows no modes, or the file is somebody else's, it stays as it is. */
export function restrict(path: string, mode: number): void {
  try {
    const found = lstatSync(path);
    if (!found.isSymbolicLink() && (found.mode & 0o777 & ~mode) !== 0) chmodSync(path, mode);
  } catch {
    // It has gone meanwhile, or may not be changed.
  }
}
