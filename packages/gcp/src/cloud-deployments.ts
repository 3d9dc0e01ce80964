/** What serves: not read from Cloud Run yet, and so unknown. */

import type { Deployments } from "@kintsugi/ports/deployments";
import { Failure } from "@kintsugi/ports/failure";

export function cloudDeployments(): Deployments {
  return { revisions: unread, services: unread };
}

function unread(): Promise<never> {
  return Promise.reject(new Failure("permanent", "revisions are not read from Cloud Run yet", { about: "deployments" }));
}
