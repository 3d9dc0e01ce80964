/** On each operator's word about a gate: it is stored, or refused with the reason. */

import type { Context, Dependencies, Event, Outcome } from "@kintsugi/function-kit/declaration";
import { decideWord, type GateWord, isGateWord, type WordDecision } from "./decide-word.ts";
import { readGateWords, type StoredGateWords, writeGateWords } from "./gate-words.ts";

type Decided = { readonly event: GateWord; readonly decision: WordDecision };

export function obeyOperator({ config, documents }: Pick<Dependencies, "config" | "documents">) {
  const gates = config.gates.map(({ name }) => name);
  return async (events: readonly Event[], { nowMs }: Context): Promise<Outcome> => {
    // Several words may come together, so what was decided of one is what the next one meets.
    const known = new Map<string, StoredGateWords>();
    const changed = new Set<string>();
    const decided: Decided[] = [];
    for (const event of events.filter(isGateWord)) {
      const { gate } = event.data;
      const stored = known.get(gate) ?? (await readGateWords(documents, gate));
      const decision = decideWord(event, { words: stored.words, gates, nowMs });
      known.set(gate, decision.action === "store" ? { ...stored, words: decision.words } : stored);
      if (decision.action === "store") changed.add(gate);
      decided.push({ event, decision });
    }
    return {
      writes: [...changed].map((gate) => writeGateWords(known.get(gate)!)),
      log: decided.map(({ event, decision: { action, reason } }) => ({ word: event.type, action, reason, actor: event.data.actor })),
      refused: decided.flatMap(({ event, decision: { action, reason } }) => (action === "refuse" ? [{ event, reason }] : [])),
    };
  };
}
