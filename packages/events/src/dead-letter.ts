/** Topic dead-letter: what could not be read or handled. */

import { z } from "zod";
import { Count, Id } from "./fields.ts";
import { Observations } from "./observation.ts";

export const MessageDeadLettered = z.object({
  topic: z.string(),
  message_id: z.string(),
  reason: z.string(),
  /** Who refused it first. */
  function: Id.optional(),
  /** The raw bytes as base64, masked and capped at 16 KiB. */
  data: z.string(),
  /** Length before the cap. */
  bytes: Count,
  attributes: z.record(z.string(), z.string()),
  /** Says that a person is needed, where one is; unreadable input by itself opens nothing. */
  observations: Observations,
});
export type MessageDeadLettered = z.infer<typeof MessageDeadLettered>;
