/** Paths as people write them, each in one spelling. Pure. */

import { posix } from "node:path";

/** `./a`, `a//` and `b/../a` are `a`. A path is literal: it may hold the signs of a glob, and then names what is called so. */
export function plainPath(path: string): string {
  return posix.normalize(path).replace(/(?<=[^/])\/+$/, "");
}
