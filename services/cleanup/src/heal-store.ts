/** What a healer remembers: per target its acts and a heal that waits for its proof, and over all targets the acts of the last hour. */

import type { Healer } from "@kintsugi/config/model";
import { derivedId } from "@kintsugi/events/event";
import type { Batch } from "@kintsugi/healing/batch";
import type { Document, Documents, Write } from "@kintsugi/ports/documents";
import type { JsonObject } from "@kintsugi/ports/json";
import { z } from "zod";

const targets = "kintsugi_heal_targets";
const pendings = "kintsugi_heal_pending";
const rates = "kintsugi_heal_rates";

const FORGET_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;

const StoredTarget = z.object({
  healer: z.string(),
  target: z.string(),
  attempts: z.number(),
  lastActMs: z.number().optional(),
  lastSickMs: z.number(),
});
export type TargetState = z.infer<typeof StoredTarget>;

const StoredHeal = z.object({
  healer: z.string(),
  target: z.string(),
  runId: z.string(),
  healingId: z.string(),
  attempt: z.number(),
  actedMs: z.number(),
  trigger: z.string(),
  action: z.string(),
  cause: z.object({ code: z.string(), parameters: z.record(z.string(), z.number()) }),
  before: z.record(z.string(), z.json()),
  requestedId: z.string(),
  /** Skip reasons that nobody has listed; heals that were stored before these were kept have none. */
  unclassified: z.array(z.string()).default([]),
  proof: z
    .object({
      outcome: z.enum(["effective", "ineffective", "inconclusive"]),
      reason: z.string(),
      after: z.record(z.string(), z.json()),
      atMs: z.number(),
    })
    .optional(),
});
/** Acted, and not published as completed yet. */
export type PendingHeal = z.infer<typeof StoredHeal>;
export type ProvedHeal = PendingHeal & { readonly proof: NonNullable<PendingHeal["proof"]> };

export function isProved(heal: PendingHeal): heal is ProvedHeal {
  return heal.proof !== undefined;
}

export function targetId(healer: string, target: string): string {
  return derivedId(healer, target);
}

export function healingIdOf(healer: string, target: string, attempt: number, episode: string): string {
  return `heal_${derivedId(healer, target, String(attempt), episode).slice(0, 12)}`;
}

export function freshTarget({ name }: Pick<Healer, "name">, { target }: Pick<Batch, "target">, nowMs: number): TargetState {
  return { healer: name, target, attempts: 0, lastSickMs: nowMs };
}

/** No run has found it sick for a day: it starts anew. */
export function isForgotten({ lastSickMs }: Pick<TargetState, "lastSickMs">, nowMs: number): boolean {
  return nowMs - lastSickMs >= FORGET_MS;
}

/** All that the healer remembers: what it has acted on within a day of its last sickness. */
export async function listTargets(documents: Documents, healer: string): Promise<readonly TargetState[]> {
  return (await documents.list(targets)).map(({ data }) => StoredTarget.parse(data)).filter((state) => state.healer === healer);
}

export function writeTarget(state: TargetState): Write {
  return { op: "set", collection: targets, id: targetId(state.healer, state.target), data: state };
}

export function forgetTarget(state: TargetState): Write {
  return { op: "delete", collection: targets, id: targetId(state.healer, state.target) };
}

export async function listPending(documents: Documents, healer: string): Promise<readonly PendingHeal[]> {
  return (await documents.list(pendings)).map(({ data }) => StoredHeal.parse(data)).filter((heal) => heal.healer === healer);
}

export function writePending(heal: PendingHeal): Write {
  return { op: "set", collection: pendings, id: heal.healingId, data: heal as unknown as JsonObject };
}

export function forgetPending(heal: PendingHeal): Write {
  return { op: "delete", collection: pendings, id: heal.healingId };
}

export async function readActs(documents: Documents, healer: string, nowMs: number): Promise<readonly number[]> {
  const document: Document | undefined = await documents.get(rates, derivedId(healer));
  const acts = z.array(z.number()).parse(document?.data["acts"] ?? []);
  return acts.filter((at) => nowMs - at < HOUR_MS);
}

export function writeActs(healer: string, acts: readonly number[]): Write {
  return { op: "set", collection: rates, id: derivedId(healer), data: { healer, acts } };
}
