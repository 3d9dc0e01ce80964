/** What to do about a message, given what was told before. Pure. */

import { z } from "zod";

/** What is known of one message; stored. */
export const Notification = z.object({
  key: z.string(),
  channel: z.string(),
  /** Newest revision that is settled: people see it, or need not be told; 0 before. */
  posted: z.number(),
  address: z.object({ channel: z.string(), ts: z.string() }).optional(),
  text: z.string().optional(),
  /** A post was begun at this time, and whether it arrived is not known. */
  attemptedMs: z.number().optional(),
  /** A thread line of this revision was begun at this time, and whether it arrived is not known. */
  saying: z.object({ revision: z.number(), atMs: z.number() }).optional(),
});
export type Notification = z.infer<typeof Notification>;

export type Wanted = { readonly revision: number; readonly post: boolean; readonly text: string; readonly thread: string | undefined };

export type Delivery =
  | { readonly action: "drop"; readonly reason: "older" | "not-to-be-told" | "says-the-same" }
  | { readonly action: "post"; readonly reason: "new" }
  /** An earlier try may have worked: look before posting again. */
  | { readonly action: "look-up"; readonly reason: "ambiguous" }
  | { readonly action: "edit"; readonly reason: "changed" | "reminder" };

export function decideDelivery(before: Notification | undefined, wanted: Wanted): Delivery {
  if (before !== undefined && wanted.revision <= before.posted) return { action: "drop", reason: "older" };
  if (before?.address === undefined) {
    if (before?.attemptedMs !== undefined) return { action: "look-up", reason: "ambiguous" };
    return wanted.post ? { action: "post", reason: "new" } : { action: "drop", reason: "not-to-be-told" };
  }
  if (wanted.thread !== undefined) return { action: "edit", reason: "reminder" };
  return before.text === wanted.text ? { action: "drop", reason: "says-the-same" } : { action: "edit", reason: "changed" };
}
