/** Fields that several events share. */

import { z } from "zod";

/** Letters, digits, punctuation and signs; no control, direction or pictograph characters, so that an id reads the same everywhere. */
export const Id = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[\p{L}\p{M}\p{N}\p{P}\p{Sc}\p{Sm}\p{Sk} ]+$/u, "has a character that an id may not have (control, direction mark, emoji)");

/** RFC 3339 with a zone. */
export const Time = z.iso.datetime({ offset: true });

export const Severity = z.enum(["info", "yellow", "red", "critical"]);
export type Severity = z.infer<typeof Severity>;

export const Verdict = z.enum(["ok", "finding", "unknown", "not_applicable"]);
export type Verdict = z.infer<typeof Verdict>;

export const Count = z.number().int().nonnegative();

export const JsonRecord = z.record(z.string(), z.json());
