/** What a healer remembers: per target its acts and a heal that waits for its proof, and over all targets the acts of the last hour. */

import { HealMode, Outcome } from "@kintsugi/events/healing";
import { derivedId } from "@kintsugi/events/event";
import type { Document, Documents, Write } from "@kintsugi/ports/documents";
import type { JsonObject } from "@kintsugi/ports/json";
import { z } from "zod";

const targets = "kintsugi_heal_targets";
const pendings = "kintsugi_heal_pending";
const rates = "kintsugi_heal_rates";

const FORGET_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;

/** A heal that did not help, as the last look at its target saw it. */
const FailedHeal = z.object({
  outcome: Outcome.extract(["ineffective", "inconclusive"]),
  /** What the proof says. */
  proof: z.string(),
  healingId: z.string(),
  attempt: z.number(),
  actedMs: z.number(),
  /** Members that had failed when it was acted on. */
  failedBefore: z.number().optional(),
});
export type FailedHeal = z.infer<typeof FailedHeal>;

/** What would be done, and waits for a person (mode propose) or is never done (mode shadow). */
const Intent = z.object({
  healingId: z.string(),
  atMs: z.number(),
  text: z.string(),
  /** By whom it was approved. */
  approved: z.object({ actor: z.string(), reason: z.string() }).optional(),
});
export type Intent = z.infer<typeof Intent>;

const StoredTarget = z.preprocess(
  withNewName,
  z.object({
    healer: z.string(),
    target: z.string(),
    attempts: z.number(),
    lastActMs: z.number().optional(),
    lastStalledMs: z.number(),
    failed: FailedHeal.optional(),
    intent: Intent.optional(),
  }),
);
export type TargetState = z.infer<typeof StoredTarget>;

/** Version 0.1.0 wrote `lastSickMs`. */
function withNewName(data: unknown): unknown {
  if (data === null || typeof data !== "object" || !("lastSickMs" in data)) return data;
  const { lastSickMs, ...rest } = data;
  return { lastStalledMs: lastSickMs, ...rest };
}

/** `version` is that of the stored document, where there is one. */
export type Remembered = { readonly state: TargetState; readonly version?: string };

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
  mode: HealMode.default("auto"),
  /** Who acted: the healer, or the person who approved. */
  actor: z.string().optional(),
  /** Members that had failed then. */
  failedBefore: z.number().default(0),
  /** Skip reasons that nobody has listed; heals that were stored before these were kept have none. */
  unclassified: z.array(z.string()).default([]),
  proof: z
    .object({
      outcome: Outcome.extract(["effective", "ineffective", "inconclusive"]),
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

export function healingIdOf(healer: string, target: string, attempt: number, episode: string): string {
  return `heal_${derivedId(healer, target, String(attempt), episode).slice(0, 12)}`;
}

/** No run has found it stalled for a day: it starts anew. */
export function isForgotten({ lastStalledMs }: Pick<TargetState, "lastStalledMs">, nowMs: number): boolean {
  return nowMs - lastStalledMs >= FORGET_MS;
}

/** All that the healer remembers, by target: what it has acted on within a day of its last stall. */
export async function recallTargets(documents: Pick<Documents, "list">, healer: string): Promise<ReadonlyMap<string, Remembered>> {
  const all = (await documents.list(targets)).map(({ data, version }) => ({ state: StoredTarget.parse(data), version }));
  return new Map(all.filter(({ state }) => state.healer === healer).map((one) => [one.state.target, one]));
}

/** What is remembered of one target, to begin an act with; of a target that starts anew only its document. */
export function beginWith(remembered: Remembered | undefined, healer: string, target: string, nowMs: number): Remembered {
  if (remembered !== undefined && !isForgotten(remembered.state, nowMs)) return remembered;
  const state = { healer, target, attempts: 0, lastStalledMs: nowMs };
  return remembered?.version === undefined ? { state } : { state, version: remembered.version };
}

/** Whether somebody has changed what is remembered of a target, as a person does who releases it. */
export async function isChanged(documents: Pick<Documents, "get">, { state, version }: Remembered): Promise<boolean> {
  return (await documents.get(targets, targetId(state)))?.version !== version;
}

export function writeTarget({ state, version }: Remembered): Write {
  const document = { collection: targets, id: targetId(state), data: state as JsonObject };
  return version === undefined ? { op: "create", ...document } : { op: "set", ...document, version };
}

export function forgetTarget({ state, version }: Remembered): Write {
  return { op: "delete", collection: targets, id: targetId(state), ...(version === undefined ? {} : { version }) };
}

function targetId({ healer, target }: Pick<TargetState, "healer" | "target">): string {
  return derivedId(healer, target);
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
