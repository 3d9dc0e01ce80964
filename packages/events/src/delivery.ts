/** Topic delivery: what became of each message to people. */

import { z } from "zod";
import { Count, Id } from "./fields.ts";

export const NotificationDelivered = z.object({
  key: Id,
  revision: Count,
  kind: z.enum(["post", "edit", "thread"]),
  channel: z.string(),
  ts: z.string(),
});
export type NotificationDelivered = z.infer<typeof NotificationDelivered>;

export const NotificationFailed = z.object({ key: Id, revision: Count, channel: z.string(), reason: z.string() });
export type NotificationFailed = z.infer<typeof NotificationFailed>;
