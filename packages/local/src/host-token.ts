/** The token that requests to the local host must carry: made once, kept in the folder, read by the same user only. */

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { Failure } from "@kintsugi/ports/failure";
import { makePrivateFolder, writePrivateFile } from "./private-files.ts";

/** @param given from the environment; wins */
export function hostToken(folder: string, given: string | undefined): string {
  if (given !== undefined && given.trim() !== "") {
    const token = given.trim();
    // A header could not carry it, so nobody could ever come in.
    if (!/^[\x21-\x7e]+$/.test(token))
      throw new Failure(
        "needs-human",
        "KINTSUGI_TOKEN has a character that a header cannot carry: use letters, digits and signs without spaces",
      );
    return token;
  }
  const file = join(folder, "token");
  makePrivateFolder(folder);
  const kept = readToken(file);
  if (kept !== undefined) return kept;
  const token = randomBytes(24).toString("base64url");
  writePrivateFile(file, `${token}\n`);
  return token;
}

/** Whoever bears the token acts for the user of this process, who alone can read it, or has handed it on. */
export function tokenOwner(): string {
  try {
    return userInfo().username;
  } catch {
    // A process may run as a number that has no name.
    return `user ${process.getuid?.() ?? "unknown"}`;
  }
}

/** Takes the same time however much of the token is right. */
export function bearsToken(header: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S+) *$/i.exec(header ?? "")?.[1] ?? "";
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function readToken(file: string): string | undefined {
  try {
    const token = readFileSync(file, "utf8").trim();
    return token === "" ? undefined : token;
  } catch {
    return undefined;
  }
}
