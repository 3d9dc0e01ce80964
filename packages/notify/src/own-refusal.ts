/** Whether an incident says that the very receiver which is to be told of it takes no messages. Pure. */

import type { IncidentChanged } from "@kintsugi/events/alerts";

export type Room = {
  /** The function that tells. */
  readonly notifier: string;
  readonly receiver: string;
  readonly channel: string;
};

/**
 * Nobody hears of a refusal by the one that refuses; once it takes messages again, that is over. Of one room that refuses, another room of
 * the same receiver may tell.
 */
export function isOwnRefusal(
  { subject, cause }: Pick<IncidentChanged, "subject" | "cause">,
  { notifier, receiver, channel }: Room,
): boolean {
  if ((subject.kind !== "dead-letter" && subject.kind !== "function") || subject.function !== notifier) return false;
  return cause === receiver || cause === `${receiver} ${channel}`;
}
