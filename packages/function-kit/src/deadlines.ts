/** No call out lasts for ever: after so long it has failed, and may have worked. */

import type { FunctionDeclaration } from "./declaration.ts";

/** Of one call. Whoever asked comes again, or answers without it. */
export const DEADLINE_MS = 10_000;

/** Of one call out, and of one statement over the user's tables. */
export type Deadlines = { readonly callMs: number; readonly queryMs: number };

/** A function that is asked by others answers before they give up, at 10 s; one that runs by itself lets a large table take its time. */
export function deadlinesOf({ routes }: Pick<FunctionDeclaration, "routes">): Deadlines {
  return routes === undefined ? { callMs: DEADLINE_MS, queryMs: 25_000 } : { callMs: 4_000, queryMs: 6_000 };
}
