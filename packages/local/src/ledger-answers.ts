/** What the ledger answers, with what the documents add to it. */

import { type Analysis, analyze } from "@kintsugi/ledger/analyze";
import { localPlace } from "@kintsugi/ledger/statements";
import { type Asked, type StoryLine, why } from "@kintsugi/ledger/why";
import { z } from "zod";
import { Settlement, settledLetters } from "./dead-letters.ts";
import { readHoles } from "./holes.ts";
import type { Local } from "./open-local.ts";

const SettledLetter = Settlement.extend({ at: z.string() });

export async function analysisOf(
  { dependencies, documents }: Pick<Local, "dependencies" | "documents">,
  span: { readonly sinceMs: number; readonly untilMs: number },
): Promise<Analysis> {
  return await analyze(dependencies.ledger, localPlace, { ...span, holes: await readHoles(documents) });
}

export async function storyOf(
  { dependencies, documents }: Pick<Local, "dependencies" | "documents">,
  asked: Asked,
): Promise<readonly StoryLine[]> {
  const story = await why(dependencies.ledger, localPlace, asked);
  const settled = await documents.get(settledLetters, asked.id);
  if (settled === undefined) return story;
  const { done, actor, reason, at } = SettledLetter.parse(settled.data);
  return [...story, { time: at, type: "dead-letter.settled", id: asked.id, text: `${actor} ${done} it: ${reason}`, data: settled.data }];
}
