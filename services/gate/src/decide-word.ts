/** Decides what an operator's word about a gate does: it is stored, or refused with the reason. Pure. */

import { type Event, eventKey, type EventOf, isAhead, saidMs } from "@kintsugi/events/event";
import { type GateWords, isHolding, isLater } from "./gate-words.ts";
import { unknownGate } from "./unknown-gate.ts";

export type GateWord = EventOf<"gate.overridden"> | EventOf<"gate.waived">;

export type WordDecision =
  | { readonly action: "store"; readonly reason: "overridden" | "waived"; readonly words: GateWords }
  /** Something later was said of the same day or entity before this one came. */
  | { readonly action: "none"; readonly reason: "older-word" }
  | { readonly action: "refuse"; readonly reason: string };

export type WordFacts = {
  readonly words: GateWords;
  /** Names of all that are configured. */
  readonly gates: readonly string[];
  readonly nowMs: number;
};

export function decideWord(event: GateWord, { words, gates, nowMs }: WordFacts): WordDecision {
  const { gate, until } = event.data;
  if (!gates.includes(gate)) return { action: "refuse", reason: unknownGate(gate, gates) };
  if (until !== undefined && Date.parse(until) <= Date.parse(event.time))
    return { action: "refuse", reason: `what holds until ${until} would have ended before it was said, ${event.time}` };
  const said = saidBy(event, nowMs);
  switch (event.type) {
    case "gate.overridden": {
      const { day } = event.data;
      const overrides = withWord(words.overrides, { ...said, ...(day === undefined ? {} : { day }) }, (word) => word.day === day, nowMs);
      return overrides === undefined ? older : { action: "store", reason: "overridden", words: { ...words, overrides } };
    }
    case "gate.waived": {
      const { entity } = event.data;
      const waivers = withWord(words.waivers, { ...said, entity }, (word) => word.entity === entity, nowMs);
      return waivers === undefined ? older : { action: "store", reason: "waived", words: { ...words, waivers } };
    }
  }
}

export function isGateWord(event: Event): event is GateWord {
  return event.type === "gate.overridden" || event.type === "gate.waived";
}

const older: WordDecision = { action: "none", reason: "older-word" };

type Said = Omit<GateWords["waivers"][number], "entity">;

function saidBy(event: GateWord, nowMs: number): Said {
  const { actor, claimed, reason, until } = event.data;
  const end = until === undefined ? {} : { untilMs: Date.parse(until) };
  const name = claimed === undefined ? {} : { claimed };
  return { atMs: saidMs(event, nowMs), ...end, actor, ...name, reason, key: eventKey(event) };
}

/** The last word of the same thing counts. What has ended by then is forgotten. Undefined where a later one stands already. */
function withWord<T extends Said>(words: readonly T[], word: T, isSame: (other: T) => boolean, nowMs: number): T[] | undefined {
  if (words.some((other) => isSame(other) && !isAhead(other.atMs, nowMs) && isLater(other, word))) return undefined;
  return [...words.filter((other) => !isSame(other) && isHolding(other, word.atMs)), word];
}
