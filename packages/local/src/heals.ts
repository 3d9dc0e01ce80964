/** What healers have done and not finished: targets that were given up on or not helped, and acts that wait for their proof. */

import type { Config } from "@kintsugi/config/model";
import type { Documents } from "@kintsugi/ports/documents";
import { z } from "zod";

const targets = "kintsugi_heal_targets";
const pendings = "kintsugi_heal_pending";

const Target = z.object({
  healer: z.string(),
  target: z.string(),
  attempts: z.number(),
  lastActMs: z.number().optional(),
  failed: z.object({ proof: z.string(), healingId: z.string() }).optional(),
});

const Pending = z.object({ healer: z.string(), target: z.string(), healingId: z.string(), attempt: z.number(), actedMs: z.number() });

export type HealStatus = {
  readonly healer: string;
  readonly target: string;
  /** `remembered`: it was healed within a day, and nothing is open of it. */
  readonly state: "given_up" | "failed" | "pending" | "remembered";
  readonly healing_id: string | null;
  readonly attempts: number;
  readonly acted: string | null;
  /** What the last proof said. */
  readonly what: string | null;
};

export async function readHeals(documents: Pick<Documents, "list">, { healers }: Pick<Config, "healers">): Promise<readonly HealStatus[]> {
  const limits = new Map(healers.map(({ name, limits: { perTarget } }) => [name, perTarget]));
  const acted = (await documents.list(targets)).flatMap(({ data }) => Target.safeParse(data).data ?? []);
  const waiting = (await documents.list(pendings)).flatMap(({ data }) => Pending.safeParse(data).data ?? []);
  const isWaiting = (one: { healer: string; target: string }): boolean =>
    waiting.some(({ healer, target }) => healer === one.healer && target === one.target);
  return [
    ...acted.filter((one) => !isWaiting(one)).map((one) => ofTarget(one, limits.get(one.healer))),
    ...waiting.map(({ healer, target, healingId, attempt, actedMs }) => ({
      healer,
      target,
      state: "pending" as const,
      healing_id: healingId,
      attempts: attempt,
      acted: new Date(actedMs).toISOString(),
      what: null,
    })),
  ].sort((a, b) => a.healer.localeCompare(b.healer) || a.target.localeCompare(b.target));
}

function ofTarget(
  { healer, target, attempts, lastActMs, failed }: z.infer<typeof Target>,
  perTarget = Number.POSITIVE_INFINITY,
): HealStatus {
  return {
    healer,
    target,
    state: failed === undefined ? "remembered" : attempts >= perTarget ? "given_up" : "failed",
    healing_id: failed?.healingId ?? null,
    attempts,
    acted: lastActMs === undefined ? null : new Date(lastActMs).toISOString(),
    what: failed?.proof ?? null,
  };
}
