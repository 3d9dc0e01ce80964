/** On each operator's word about healing: pauses, resumes and releases are stored, all else is refused with the reason. */

import { derivedId } from "@kintsugi/events/event";
import type { Context, Dependencies, Event, Outcome } from "@kintsugi/function-kit/declaration";
import type { Write } from "@kintsugi/ports/documents";
import { decideWord, type HealingWord, isHealingWord, type WordDecision } from "./decide-word.ts";
import { forgetTarget, recallTargets, type Remembered, writeTarget } from "./heal-store.ts";
import { readWord, type StoredWordOf, writeWord } from "./heal-words.ts";

type Documents = Dependencies["documents"];
/** What was read, with what was decided since: several words may come together. */
type Memory = {
  readonly said: Map<string | undefined, Partial<StoredWordOf>>;
  readonly targets: Map<string, Map<string, Remembered>>;
  readonly writes: Map<string, Write>;
};

export function obeyOperator({ config, documents }: Pick<Dependencies, "config" | "documents">) {
  const { healers } = config;
  return async (events: readonly Event[], { nowMs }: Context): Promise<Outcome> => {
    const memory: Memory = { said: new Map(), targets: new Map(), writes: new Map() };
    const decided: { readonly event: HealingWord; readonly decision: WordDecision }[] = [];
    for (const event of events.filter(isHealingWord)) {
      await recall(documents, memory, event);
      const { healer } = event.data;
      const said = memory.said.get(healer)?.word;
      const known = [...(memory.targets.get(String(healer))?.values() ?? [])].map(({ state }) => state);
      const targets = known.map(({ target }) => target);
      const proposed = known.flatMap(({ target, intent }) => (intent === undefined ? [] : [target]));
      const decision = decideWord(event, { healers, said, targets, proposed, nowMs });
      remember(memory, event, decision);
      decided.push({ event, decision });
    }
    return {
      writes: [...memory.writes.values()],
      log: decided.map(({ event, decision: { action, reason } }) => ({ word: event.type, action, reason, actor: event.data.actor })),
      refused: decided.flatMap(({ event, decision: { action, reason } }) => (action === "refuse" ? [{ event, reason }] : [])),
    };
  };
}

async function recall(documents: Documents, { said, targets }: Memory, event: HealingWord): Promise<void> {
  const { healer } = event.data;
  if (event.type === "heal.released" || event.type === "heal.approved") {
    if (!targets.has(event.data.healer)) targets.set(event.data.healer, new Map(await recallTargets(documents, event.data.healer)));
  } else if (!said.has(healer)) said.set(healer, (await readWord(documents, healer)) ?? {});
}

function remember({ said, targets, writes }: Memory, { data: { healer, actor, reason } }: HealingWord, decision: WordDecision): void {
  switch (decision.action) {
    case "approve": {
      const known = targets.get(String(healer))!;
      const { state, ...stored } = known.get(decision.target)!;
      const approved = { ...stored, state: { ...state, intent: { ...state.intent!, approved: { actor, reason } } } };
      known.set(decision.target, approved);
      writes.set(`target ${derivedId(String(healer), decision.target)}`, writeTarget(approved));
      return;
    }
    case "store": {
      const version = said.get(healer)?.version;
      said.set(healer, { word: decision.word, ...(version === undefined ? {} : { version }) });
      writes.set(`word ${healer ?? ""}`, writeWord(decision.word, version));
      return;
    }
    case "release": {
      const known = targets.get(String(healer));
      const released = known?.get(decision.target);
      known?.delete(decision.target);
      if (released !== undefined) writes.set(`target ${derivedId(String(healer), decision.target)}`, forgetTarget(released));
      return;
    }
    case "none":
    case "refuse":
  }
}
