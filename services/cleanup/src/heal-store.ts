/** What a healer remembers: per target its acts and a heal that waits for its proof, and over all targets the acts of the last hour. */

import { derivedId } from "@kintsugi/events/event";
import type { Document, Documents, Write } from "@kintsugi/ports/documents";
import type { JsonObject } from "@kintsugi/ports/json";
import { z } from "zod";

const targets = "kintsugi_heal_targets";
const pendings = "kintsugi_heal_pending";
const rates = "kintsugi_heal_rates";

/** A target that no run has found sick for so long starts anew. */
const FORGET_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;

const StoredTarget = z.object({
  healer: z.string(),
  target: z.string(),
  attempts: z.number(),
  lastActMs: z.number().optional(),
  lastSickMs: z.number(),
});
export type TargetState = z.infer<typeof StoredTarget> & { readonly version?: string };

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

export async function readTarget(documents: Documents, healer: string, target: string, nowMs: number): Promise<TargetState> {
  const document = await documents.get(targets, targetId(healer, target));
  const fresh = { healer, target, attempts: 0, lastSickMs: nowMs };
  if (document === undefined) return fresh;
  const stored = StoredTarget.parse(document.data);
  return nowMs - stored.lastSickMs >= FORGET_MS ? { ...fresh, version: document.version } : { ...stored, version: document.version };
}

/** Targets that the healer has given up on, or watches: all that it remembers. */
export async function listTargets(documents: Documents, healer: string): Promise<readonly TargetState[]> {
  return (await documents.list(targets))
    .map(({ data, version }) => ({ ...StoredTarget.parse(data), version }))
    .filter((state) => state.healer === healer);
}

export function writeTarget(state: TargetState): Write {
  const { version: _version, ...data } = state;
  return { op: "set", collection: targets, id: targetId(state.healer, state.target), data };
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
