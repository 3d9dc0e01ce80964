/** What people have said of healing: the last pause or resumption of each healer, and of all. */

import { derivedId } from "@kintsugi/events/event";
import type { Documents, Write } from "@kintsugi/ports/documents";
import { z } from "zod";

const words = "kintsugi_heal_words";

const StoredWord = z.object({
  /** Undefined for all healers. */
  healer: z.string().optional(),
  isPaused: z.boolean(),
  /** Event time, epoch ms. */
  atMs: z.number(),
  untilMs: z.number().optional(),
  actor: z.string(),
  reason: z.string(),
  /** Of the event: tells two words of one instant apart. */
  key: z.string(),
});
export type Word = z.infer<typeof StoredWord>;

/** A word that pauses, while it holds. */
export type Pause = Word & { readonly isPaused: true };

export type StoredWordOf = { readonly word: Word; readonly version: string };

export async function readWord(documents: Pick<Documents, "get">, healer: string | undefined): Promise<StoredWordOf | undefined> {
  const document = await documents.get(words, wordId(healer));
  return document === undefined ? undefined : { word: StoredWord.parse(document.data), version: document.version };
}

/** @param version of what was stored before, where anything was */
export function writeWord(word: Word, version: string | undefined): Write {
  const document = { collection: words, id: wordId(word.healer), data: word };
  return version === undefined ? { op: "create", ...document } : { op: "set", ...document, version };
}

export async function readPause(documents: Pick<Documents, "get">, healer: string, nowMs: number): Promise<Pause | undefined> {
  const said = [await readWord(documents, healer), await readWord(documents, undefined)];
  return pauseOf(
    said.flatMap((stored) => stored?.word ?? []),
    nowMs,
  );
}

/** The last word counts; a pause that has ended by itself counts no more, and what was said before it does again. */
export function pauseOf(said: readonly Word[], nowMs: number): Pause | undefined {
  const standing = said.filter(({ isPaused, untilMs }) => !isPaused || untilMs === undefined || nowMs < untilMs);
  const [last] = standing.sort((a, b) => (isLater(a, b) ? -1 : 1));
  return last !== undefined && isPaused(last) ? last : undefined;
}

/** Of two words of one instant the pause counts, which does no harm; of two pauses always the same one. */
export function isLater(one: Word, other: Word): boolean {
  if (one.atMs !== other.atMs) return one.atMs > other.atMs;
  return one.isPaused === other.isPaused ? one.key > other.key : one.isPaused;
}

/** `paused by ann until 2026-11-24 09:00 UTC: a migration`. */
export function sayPause({ actor, untilMs, reason }: Pause): string {
  const until = untilMs === undefined ? "" : ` until ${new Date(untilMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return `paused by ${actor}${until}${reason === "" ? "" : `: ${reason}`}`;
}

function isPaused(word: Word): word is Pause {
  return word.isPaused;
}

function wordId(healer: string | undefined): string {
  return healer === undefined ? "all" : derivedId(healer);
}
