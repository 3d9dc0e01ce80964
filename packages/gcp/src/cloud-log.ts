/** One JSON line per fact on standard output, as Cloud Logging reads it. */

import type { JsonObject } from "@kintsugi/ports/json";

export function cloudLog(fact: JsonObject): void {
  process.stdout.write(`${JSON.stringify(fact)}\n`);
}
