/** One call to a receiver, and what is known after it. */

import type { NewEvent } from "@kintsugi/function-kit/declaration";
import type { ChatAddress } from "@kintsugi/ports/chat";
import type { Call, Step } from "./decide-delivery.ts";
import type { DeliveryEntry } from "./delivery-entry.ts";
import type { Telling } from "./receiver.ts";

/** A step that calls the receiver. */
export type CallingStep = Extract<Step, { action: "look-up" | "call" | "edit" }>;
type Kind = Extract<NewEvent, { type: "notification.delivered" }>["data"]["kind"];
export type Performed = {
  readonly entry: DeliveryEntry;
  /** What people have seen; undefined where nothing was found. */
  readonly told?: { readonly kind: Kind; readonly address: ChatAddress };
};

/** Clocks differ: a look-up reaches back a little further than the first try. */
const SKEW_MS = 60_000;
/** Lines of a thread that are remembered, so that an entry stays small. */
const MAX_REMEMBERED = 200;

export async function performStep(step: CallingStep, entry: DeliveryEntry, telling: Telling): Promise<Performed> {
  const { calls, wanted } = telling;
  switch (step.action) {
    case "look-up": {
      const { key, kind } = step.call;
      const found = await calls.find(key, step.sinceMs - SKEW_MS, kind === "reply" ? entry.address : undefined);
      const revision = entry.attempts.find((attempt) => attempt.key === key)?.revision ?? wanted.revision;
      return found === undefined ? { entry: withoutAttempt(entry, key) } : arrived(step.call, entry, { telling, revision, address: found });
    }
    case "call":
      return arrived(step.call, entry, { telling, revision: wanted.revision, address: await make(step.call, entry, telling), isNow: true });
    case "edit": {
      const address = entry.address!;
      await calls.edit(address);
      return { entry: { ...entry, text: wanted.text, state: wanted.state }, told: { kind: "edit", address } };
    }
  }
}

async function make(call: Call, entry: DeliveryEntry, { calls, wanted }: Telling): Promise<ChatAddress> {
  if (call.kind === "post") {
    const news = entry.address === undefined ? [] : wanted.remarks.map(({ text }) => text.replaceAll("\n", " "));
    return await calls.post({ key: call.key, mention: call.mention, news });
  }
  const address = entry.address!;
  await calls.reply(address, { key: call.key, text: call.remark.text, isAloud: call.isAloud, mention: call.mention });
  return address;
}

type Arrival = { readonly telling: Telling; readonly revision: number; readonly address: ChatAddress; readonly isNow?: boolean };

function arrived(call: Call, entry: DeliveryEntry, { telling, revision, address, isNow = false }: Arrival): Performed {
  const rest = withoutAttempt(entry, call.key);
  if (call.kind === "reply")
    return { entry: { ...rest, said: [...rest.said, call.key].slice(-MAX_REMEMBERED) }, told: { kind: "thread", address } };
  const { text: _before, ...posted } = { ...rest, address, first: revision };
  const { wanted, receiver } = telling;
  // What a message says that was only found is not known, so it is edited.
  const seen = isNow || revision === wanted.revision ? { state: wanted.state } : {};
  const settled = receiver.manner === "edits" ? entry.settled : Math.max(entry.settled, revision);
  return { entry: { ...posted, ...seen, ...(isNow ? { text: wanted.text } : {}), settled }, told: { kind: "post", address } };
}

export function withoutAttempt(entry: DeliveryEntry, key: string): DeliveryEntry {
  return { ...entry, attempts: entry.attempts.filter((attempt) => attempt.key !== key) };
}
