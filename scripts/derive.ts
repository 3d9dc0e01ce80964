/** Writes the derived files; with --check it says which are stale instead, and fails. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { derivedFiles } from "./derived-files.ts";

const root = dirname(import.meta.dirname);
const stale: string[] = [];
for (const [path, text] of derivedFiles()) {
  const file = join(root, path);
  if (read(file) === text) continue;
  stale.push(path);
  if (process.argv.includes("--check")) continue;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
const isCheck = process.argv.includes("--check");
for (const path of stale) process.stdout.write(`${isCheck ? "stale" : "written"}: ${path}\n`);
if (isCheck && stale.length > 0) {
  process.stdout.write("run `node scripts/derive.ts` to write them anew\n");
  process.exitCode = 1;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
