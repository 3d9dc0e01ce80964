/** Topic delivery: what became of each message to people, receiver by receiver. */

import { z } from "zod";
import { Count, Id } from "./fields.ts";
import { Observations } from "./observation.ts";

export const NotificationDelivered = z.object({
  /** Who was told, such as `slack`, `terminal` or a name under `receivers`. */
  receiver: Id.default("slack"),
  key: Id,
  revision: Count,
  kind: z.enum(["post", "edit", "thread"]),
  channel: z.string(),
  /** Where the message lives, in the receiver's own terms. */
  address: z.string().default(""),
  observations: Observations,
});
export type NotificationDelivered = z.infer<typeof NotificationDelivered>;

/** The receiver refuses; a person must mend something, and the message waits until then. */
export const NotificationFailed = z.object({
  receiver: Id.default("slack"),
  key: Id,
  revision: Count,
  channel: z.string(),
  reason: z.string(),
  observations: Observations,
});
export type NotificationFailed = z.infer<typeof NotificationFailed>;
