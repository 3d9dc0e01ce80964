/** That a receiver refuses messages, as a finding for the other receivers; and that it takes them again. Pure. */

import type { IncidentChanged } from "@kintsugi/events/alerts";
import type { Observation } from "@kintsugi/events/observation";
import { oneLine } from "./one-line.ts";
import type { Receiver } from "./receiver.ts";

export type Refusal = { readonly channel: string; readonly reason: string; readonly about?: string | undefined };

export function refusing({ notifier, name }: Receiver, { channel, reason, about }: Refusal): Observation {
  const words = oneLine(reason);
  const prefix = `${name}: `;
  return {
    subject: { kind: "dead-letter", function: notifier },
    verdict: "finding",
    severity: "red",
    title: `${name} refuses messages: ${words.startsWith(prefix) ? words.slice(prefix.length) : words}`,
    facts: [`messages for ${oneLine(channel)} wait until this is mended, and none is lost`],
    next: [`mend what ${name} says, then look at kintsugi status: what waits is told by itself`],
    channel: "watch",
    cause: about ?? name,
  };
}

export function accepting({ notifier }: Pick<Receiver, "notifier">): Observation {
  return { subject: { kind: "dead-letter", function: notifier }, verdict: "ok" };
}

/** A receiver that refuses, or is away, cannot be told by itself that it is; when it can, that is over. */
export function isAboutItself({ subject, cause }: IncidentChanged, { notifier, name }: Receiver, channel: string): boolean {
  if ((subject.kind !== "dead-letter" && subject.kind !== "function") || subject.function !== notifier) return false;
  return cause === name || cause === `${name} ${channel}`;
}
