/** What was committed: not read from GitHub yet, and so unknown. */

import { Failure } from "@kintsugi/ports/failure";
import type { History } from "@kintsugi/ports/history";

export function cloudHistory(): History {
  return { tip: unread, undeployed: unread };
}

function unread(): Promise<never> {
  return Promise.reject(new Failure("permanent", "commits are not read from GitHub yet", { about: "history" }));
}
