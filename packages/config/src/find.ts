/** Finds the configuration: ./kintsugi.yaml, else the nearest one upward, else that of the demo in ./.kintsugi. */

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

const NAME = "kintsugi.yaml";

export function findConfig(directory: string): string | undefined {
  for (let at = directory; ; at = dirname(at)) {
    const file = join(at, NAME);
    if (existsSync(file)) return file;
    if (dirname(at) === at) break;
  }
  const left = join(directory, ".kintsugi", NAME);
  return existsSync(left) ? left : undefined;
}
