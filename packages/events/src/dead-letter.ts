/** Topic dead-letter: what could not be read or handled. */

import { z } from "zod";
import { Count } from "./fields.ts";

export const MessageDeadLettered = z.object({
  topic: z.string(),
  message_id: z.string(),
  reason: z.string(),
  /** The raw bytes as base64, masked and capped at 16 KiB. */
  data: z.string(),
  /** Length before the cap. */
  bytes: Count,
  attributes: z.record(z.string(), z.string()),
});
export type MessageDeadLettered = z.infer<typeof MessageDeadLettered>;
