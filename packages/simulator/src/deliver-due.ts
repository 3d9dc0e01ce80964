/** All that can be done at this instant, one function after the other, so that a trace repeats; what waits for the clock stays under way. */

import type { Stage } from "./stage.ts";

/** Returns how often a function was handed something. */
export async function deliverDue(stage: Stage): Promise<number> {
  await stage.functions.quiet();
  for (let started = 0; ; started++) {
    if (!stage.functions.startOne()) return started;
    await stage.functions.quiet();
  }
}
