/** Decides what an operator's word about healing does: it is stored, acted on, or refused with the reason. Pure. */

import type { Healer, HealerMode } from "@kintsugi/config/healer";
import { nearestOf } from "@kintsugi/config/nearest";
import type { EventType } from "@kintsugi/events/catalogue";
import { type Event, eventKey, type EventOf, isAhead, saidMs } from "@kintsugi/events/event";
import { nameSome } from "@kintsugi/events/name-some";
import { isLater, type Word } from "./heal-words.ts";

const healingWords = ["healing.paused", "healing.resumed", "heal.approved", "heal.released", "heal.undone"] as const satisfies EventType[];
export type HealingWord = { [T in (typeof healingWords)[number]]: EventOf<T> }[(typeof healingWords)[number]];

export type WordFacts = {
  /** All that are configured. */
  readonly healers: readonly Pick<Healer, "name" | "mode">[];
  /** What was said last of the same healer, or of all. */
  readonly said: Word | undefined;
  /** Targets that this healer remembers, and those of them for which it proposes something. */
  readonly targets: readonly string[];
  readonly proposed: readonly string[];
  readonly nowMs: number;
};

export type WordDecision =
  | { readonly action: "store"; readonly reason: "paused" | "resumed"; readonly word: Word }
  | { readonly action: "release"; readonly reason: "released"; readonly target: string }
  /** The next run does it. */
  | { readonly action: "approve"; readonly reason: "approved"; readonly target: string }
  /** Something later was said before this one came. */
  | { readonly action: "none"; readonly reason: "older-word" }
  | { readonly action: "refuse"; readonly reason: string };

type HealTarget = Pick<EventOf<"heal.approved">["data"], "healer" | "target">;

const MAX_NAMED = 5;

export function isHealingWord(event: Event): event is HealingWord {
  return healingWords.some((type) => type === event.type);
}

export function decideWord(event: HealingWord, { healers, said, targets, proposed, nowMs }: WordFacts): WordDecision {
  const { healer } = event.data;
  const names = healers.map(({ name }) => name);
  if (healer !== undefined && !names.includes(healer)) return refuse(`there is no healer ${healer}`, healer, names);
  switch (event.type) {
    case "healing.paused":
    case "healing.resumed":
      return decidePause(event, said, nowMs);
    case "heal.released": {
      const { target } = event.data;
      if (targets.includes(target)) return { action: "release", reason: "released", target };
      return refuse(`${event.data.healer} remembers nothing of ${target}, so there is nothing to release`, target, targets);
    }
    case "heal.approved":
      return approve(event.data, modeOf(healers, event.data.healer), proposed);
    case "heal.undone":
      return { action: "refuse", reason: "an act cannot be undone yet" };
  }
}

function modeOf(healers: WordFacts["healers"], healer: string): HealerMode {
  return healers.find(({ name }) => name === healer)!.mode;
}

function approve({ healer, target }: HealTarget, mode: HealerMode, proposed: readonly string[]): WordDecision {
  switch (mode) {
    case "auto":
      return { action: "refuse", reason: `nothing is proposed: ${healer} heals by itself` };
    case "shadow":
      return { action: "refuse", reason: `nothing is proposed: ${healer} only records what it would do` };
    case "propose":
      if (proposed.includes(target)) return { action: "approve", reason: "approved", target };
      return refuse(`${healer} proposes nothing for ${target}`, target, proposed);
  }
}

function decidePause(
  event: Extract<HealingWord, { type: "healing.paused" | "healing.resumed" }>,
  said: Word | undefined,
  nowMs: number,
): WordDecision {
  const { healer, actor, reason, until } = event.data;
  const isPaused = event.type === "healing.paused";
  if (isPaused && until !== undefined && Date.parse(until) <= Date.parse(event.time))
    return { action: "refuse", reason: `a pause until ${until} would have ended before it was said, ${event.time}` };
  const word: Word = {
    ...(healer === undefined ? {} : { healer }),
    isPaused,
    atMs: saidMs(event, nowMs),
    ...(isPaused && until !== undefined ? { untilMs: Date.parse(until) } : {}),
    actor,
    reason,
    key: eventKey(event),
  };
  if (said !== undefined && !isAhead(said.atMs, nowMs) && !isLater(word, said)) return { action: "none", reason: "older-word" };
  return { action: "store", reason: isPaused ? "paused" : "resumed", word };
}

function refuse(problem: string, given: string, known: readonly string[]): WordDecision {
  const nearest = nearestOf(given, known);
  if (nearest !== undefined) return { action: "refuse", reason: `${problem}: did you mean ${nearest}?` };
  return { action: "refuse", reason: known.length === 0 ? problem : `${problem}: there are ${nameSome(known, MAX_NAMED)}` };
}
