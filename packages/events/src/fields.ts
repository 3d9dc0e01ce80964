/** Fields that several events share, and the closed sets of the system: each stands here once. */

import { z } from "zod";

/** Letters, digits, punctuation and signs; no control, direction or pictograph characters, so that an id reads the same everywhere. */
export const Id = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[\p{L}\p{M}\p{N}\p{P}\p{Sc}\p{Sm}\p{Sk} ]+$/u, "has a character that an id may not have (control, direction mark, emoji)");

/** RFC 3339 with a zone. */
export const Time = z.iso.datetime({ offset: true });

/** From the mildest to the worst: the order is that of `worst`. */
export const Severity = z.enum(["info", "yellow", "red", "critical"]);
export type Severity = z.infer<typeof Severity>;

/** From what says least to what says most: the order is that of `worst`. */
export const Verdict = z.enum(["not_applicable", "ok", "unknown", "finding"]);
export type Verdict = z.infer<typeof Verdict>;

/** Where people are told; each installation says which room that is. */
export const Channel = z.enum(["drift", "canary", "gate", "healing", "watch", "critical"]);
export type Channel = z.infer<typeof Channel>;

export const Count = z.number().int().nonnegative();

export const JsonRecord = z.record(z.string(), z.json());

/** The value that stands last in a closed set, and the first of the set where there is none. */
export function worst<T extends string>(set: { readonly options: readonly T[] }, values: Iterable<T>): T {
  const ranks = [...values].map((value) => set.options.indexOf(value));
  return set.options[Math.max(0, ...ranks)]!;
}
