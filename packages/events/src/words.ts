/** What is wrong, in words for people: said by the producer, and carried by the incident that comes of it. */

import { z } from "zod";
import { Channel, Id, Severity } from "./fields.ts";

export const Words = {
  severity: Severity,
  /** What is wrong, without the day: `Phase 2 · raw data: boxscores fails`. */
  title: z.string(),
  /** The most telling first: expected against actual, cause, what was done or refused and why. */
  facts: z.array(z.string()).max(4),
  /** The exact next command, or numbered steps. */
  next: z.array(z.string()),
  runbook: z.string().optional(),
  channel: Channel,
  /** What could not be read, such as `warehouse` or `table nba_raw.schedule`: unknowns that share it are one message, whoever met it. */
  cause: Id.optional(),
};
