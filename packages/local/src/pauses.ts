/** Which healers are paused, as cleanup has stored what operators said. */

import type { Config } from "@kintsugi/config/model";
import type { Documents } from "@kintsugi/ports/documents";
import { z } from "zod";

const collection = "kintsugi_heal_words";

/** The last word of a healer, or of all. */
const Word = z.object({
  healer: z.string().optional(),
  isPaused: z.boolean(),
  atMs: z.number(),
  untilMs: z.number().optional(),
  actor: z.string().default("unknown"),
  reason: z.string().default(""),
});
type Word = z.infer<typeof Word>;

export type PauseStatus = { readonly healer: string; readonly actor: string; readonly reason: string; readonly until: string | null };

export async function readPauses(
  documents: Pick<Documents, "list">,
  healers: Config["healers"],
  nowMs: number,
): Promise<readonly PauseStatus[]> {
  const words = (await documents.list(collection)).flatMap(({ data }) => Word.safeParse(data).data ?? []);
  return healers.flatMap(({ name }) => {
    const pause = pauseOf(
      words.filter(({ healer }) => healer === undefined || healer === name),
      nowMs,
    );
    if (pause === undefined) return [];
    const { actor, reason, untilMs } = pause;
    return [{ healer: name, actor, reason, until: untilMs === undefined ? null : new Date(untilMs).toISOString() }];
  });
}

/** The last word counts, and a pause that has ended by itself counts no more. */
function pauseOf(words: readonly Word[], nowMs: number): Word | undefined {
  const standing = words.filter(({ isPaused, untilMs }) => !isPaused || untilMs === undefined || nowMs < untilMs);
  const [last] = standing.sort((a, b) => b.atMs - a.atMs || Number(b.isPaused) - Number(a.isPaused));
  return last?.isPaused === true ? last : undefined;
}
