/** Publishes what a stored change has announced. */

import type { Change, Documents } from "@kintsugi/ports/documents";
import { Failure, messageOf } from "@kintsugi/ports/failure";

/**
 * @throws a transient Failure whatever the class of what went wrong: the state is stored, so the cause must come again until its events have
 * left, and is never a dead letter
 */
export async function publishStored(documents: Pick<Documents, "flush">, outbox: string): Promise<void> {
  try {
    await documents.flush(outbox);
  } catch (error) {
    throw new Failure("transient", `stored, but not published yet: ${messageOf(error)}`, { cause: error, about: "bus" });
  }
}

/** A change that announced nothing has left nothing, so nobody need look. */
export async function publishChange(documents: Pick<Documents, "flush">, { publish, outbox }: Change): Promise<void> {
  if (publish.length > 0) await publishStored(documents, outbox);
}
