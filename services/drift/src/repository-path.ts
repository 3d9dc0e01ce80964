/** Paths as a history names its files: from the history's folder, each in one spelling. Pure. */

import { posix } from "node:path";

/** `./a`, `a//` and `b/../a` are `a`. A path is literal: it may hold the signs of a glob, and then names what is called so. */
export function plainPath(path: string): string {
  return posix.normalize(path).replace(/(?<=.)\/+$/, "");
}

/** @param paths plain ones */
export function isUnder(file: string, paths: readonly string[]): boolean {
  return paths.some((path) => path === "." || file === path || file.startsWith(`${path}/`));
}
