/** How far a batch is, where its members have documents of their own below it; and how many of its members have failed. */

import type { Healer } from "@kintsugi/config/healer";
import { type Completions, completionsOf } from "@kintsugi/healing/batch";
import type { Documents } from "@kintsugi/ports/documents";
import type { JsonObject } from "@kintsugi/ports/json";

/** Undefined where the batch itself says it. */
export async function readCompletions(
  documents: Pick<Documents, "list">,
  healer: Healer,
  target: string,
): Promise<Completions | undefined> {
  if (healer.completions === undefined) return undefined;
  return completionsOf(await documents.list(`${healer.batches}/${target}/${healer.completions}`), healer);
}

/** A number, a list of ids, or a map by id. */
export function failedIn(data: JsonObject, { fields }: Pick<Healer, "fields">): number {
  const failed = data[fields.failed] ?? 0;
  if (typeof failed === "number") return failed;
  return typeof failed === "object" ? Object.keys(failed).length : 0;
}
