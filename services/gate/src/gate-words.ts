/** What people have said of a gate: which days are let through, and which entities nobody waits for. One document for each gate. */

import { derivedId } from "@kintsugi/events/event";
import type { Documents, Write } from "@kintsugi/ports/documents";
import { z } from "zod";

export const gateWordsCollection = "kintsugi_gate_words";

const Said = {
  /** Event time, epoch ms. */
  atMs: z.number(),
  untilMs: z.number().optional(),
  actor: z.string(),
  claimed: z.string().optional(),
  reason: z.string(),
  /** Of the event: tells two words of one instant apart. */
  key: z.string(),
};

/** Without a day: the questions of all days. */
const DayOverride = z.object({ ...Said, day: z.string().optional() });
export type DayOverride = z.infer<typeof DayOverride>;

const Waiver = z.object({ ...Said, entity: z.string() });
export type Waiver = z.infer<typeof Waiver>;

const GateWords = z.object({ gate: z.string(), overrides: z.array(DayOverride), waivers: z.array(Waiver) });
export type GateWords = z.infer<typeof GateWords>;

export type StoredGateWords = { readonly words: GateWords; readonly version?: string };

export async function readGateWords(documents: Pick<Documents, "get">, gate: string): Promise<StoredGateWords> {
  const document = await documents.get(gateWordsCollection, derivedId(gate));
  if (document === undefined) return { words: { gate, overrides: [], waivers: [] } };
  return { words: GateWords.parse(document.data), version: document.version };
}

/** Fails with a conflict when somebody else wrote since it was read. */
export function writeGateWords({ words, version }: StoredGateWords): Write {
  const document = { collection: gateWordsCollection, id: derivedId(words.gate), data: words };
  return version === undefined ? { op: "create", ...document } : { op: "set", ...document, version };
}

/** The override that holds for the questions of a day; of several the one that was said last. */
export function overrideAt({ overrides }: GateWords, day: string, nowMs: number): DayOverride | undefined {
  const holding = overrides.filter((word) => (word.day === undefined || word.day === day) && isHolding(word, nowMs));
  return holding.sort((a, b) => (isLater(a, b) ? -1 : 1))[0];
}

export function waiversAt({ waivers }: GateWords, nowMs: number): readonly Waiver[] {
  return waivers.filter((word) => isHolding(word, nowMs));
}

export function isHolding({ untilMs }: Pick<DayOverride, "untilMs">, nowMs: number): boolean {
  return untilMs === undefined || nowMs < untilMs;
}

type When = Pick<DayOverride, "atMs" | "key">;

/** Of two words of one instant always the same one. */
export function isLater(one: When, other: When): boolean {
  return one.atMs === other.atMs ? one.key > other.key : one.atMs > other.atMs;
}
