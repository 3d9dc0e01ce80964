/** Names what could not be read, so that services that share it are told together. Pure. */

import { derivedId } from "@kintsugi/events/event";
import { Id } from "@kintsugi/events/fields";
import { Failure } from "@kintsugi/ports/failure";

/** `service worker`, `path shared`; a name that no event may carry is told by its fingerprint. */
export function causeNamed(kind: "service" | "path" | "commit", name: string): string {
  const cause = `${kind} ${name}`;
  return Id.safeParse(cause).success ? cause : `${kind} ${derivedId(name).slice(0, 12)}`;
}

/** What a failed reading was about, as far as the adapter says. */
export function causeOfFailure(error: unknown, source: "history" | "deployments"): string {
  return error instanceof Failure && error.about !== undefined ? error.about : source;
}
