/** What healers have done and not finished: targets that were given up on or not helped, and acts that wait for their proof. */

import type { Healer } from "@kintsugi/config/healer";
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
  intent: z.object({ healingId: z.string(), text: z.string(), approved: z.object({ actor: z.string() }).optional() }).optional(),
});

const Pending = z.object({ healer: z.string(), target: z.string(), healingId: z.string(), attempt: z.number(), actedMs: z.number() });

export type HealStatus = {
  readonly healer: string;
  readonly target: string;
  /**
   * `proposed`: a person may apply it; `shadow`: it is recorded alone; `approved`: the next run does it; `remembered`: it was healed within a
   * day, and nothing is open of it.
   */
  readonly state: "given_up" | "failed" | "pending" | "remembered" | "proposed" | "shadow" | "approved";
  readonly healing_id: string | null;
  readonly attempts: number;
  readonly acted: string | null;
  /** What the last proof said, or what would be done. */
  readonly what: string | null;
};

export async function readHeals(documents: Pick<Documents, "list">, { healers }: Pick<Config, "healers">): Promise<readonly HealStatus[]> {
  const byName = new Map(healers.map((healer) => [healer.name, healer]));
  const acted = (await documents.list(targets)).flatMap(({ data }) => Target.safeParse(data).data ?? []);
  const waiting = (await documents.list(pendings)).flatMap(({ data }) => Pending.safeParse(data).data ?? []);
  const isWaiting = (one: { healer: string; target: string }): boolean =>
    waiting.some(({ healer, target }) => healer === one.healer && target === one.target);
  return [
    ...acted.filter((one) => !isWaiting(one)).map((one) => ofTarget(one, byName.get(one.healer))),
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

type Target = z.infer<typeof Target>;

function ofTarget(one: Target, of: Healer | undefined): HealStatus {
  const { healer, target, attempts, lastActMs, failed, intent } = one;
  return {
    healer,
    target,
    state: stateOf(one, of),
    healing_id: intent?.healingId ?? failed?.healingId ?? null,
    attempts,
    acted: lastActMs === undefined ? null : new Date(lastActMs).toISOString(),
    what: intent?.text ?? failed?.proof ?? null,
  };
}

function stateOf({ attempts, failed, intent }: Target, healer: Healer | undefined): HealStatus["state"] {
  if (intent?.approved !== undefined) return "approved";
  if (intent !== undefined) return healer?.mode === "shadow" ? "shadow" : "proposed";
  if (failed === undefined) return "remembered";
  return healer !== undefined && attempts >= healer.limits.perTarget ? "given_up" : "failed";
}
