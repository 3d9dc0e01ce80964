/** What to do next about one message for one receiver, given what is known of it. Pure; called again after each step until nothing is left. */

import type { IncidentChange, IncidentState } from "@kintsugi/events/alerts";
import type { DeliveryEntry } from "./delivery-entry.ts";

/** A message as it should stand. */
export type Wanted = {
  /** Of the message; the receiver finds it by this. */
  readonly messageKey: string;
  readonly revision: number;
  /** False where nobody is to be told by a message of its own. */
  readonly post: boolean;
  readonly state: IncidentState;
  readonly isCritical: boolean;
  readonly change: IncidentChange;
  readonly text: string;
  readonly remarks: readonly WantedRemark[];
};

export type WantedRemark = {
  readonly key: string;
  readonly revision: number;
  readonly text: string;
  readonly aloud: boolean;
  /** A reminder calls nobody. */
  readonly mayMention: boolean;
};

/** `key` names the call, so that one that may have arrived is looked up before it is made again. */
export type Call =
  | { readonly kind: "post"; readonly key: string; readonly mention: boolean }
  | { readonly kind: "reply"; readonly key: string; readonly remark: WantedRemark; readonly isAloud: boolean; readonly mention: boolean };

export type Step =
  /** Nothing is stored: what is known already is newer. */
  | { readonly action: "drop"; readonly reason: "older" | "superseded" }
  /** Nothing is said, and an older revision that comes late will not be either. */
  | { readonly action: "settle"; readonly reason: "not-to-be-told" | "says-the-same" | "gone" | "quiet" }
  | { readonly action: "look-up"; readonly reason: "ambiguous"; readonly call: Call; readonly sinceMs: number }
  | { readonly action: "call"; readonly reason: "new" | "gone" | "news" | "remark" | "late-remark"; readonly call: Call }
  | { readonly action: "edit"; readonly reason: "changed" }
  /** People see what was so a moment ago; until then (epoch ms) the next change may make this one needless. */
  | { readonly action: "wait"; readonly reason: "edited-lately"; readonly untilMs: number };

/**
 * How a receiver is told that something has changed: its one message is edited; or what is worth hearing is a post of its own; or every
 * change is one, as for a machine.
 */
export type Manner = "edits" | "posts-news" | "posts-every-change";

/** One message is edited so often at most, while it only goes on. */
export const EDIT_MS = 10_000;
/** Changes that go on as before, and may come by the hundred. */
const CALM: ReadonlySet<IncidentChange> = new Set<IncidentChange>(["updated", "spread", "reminder"]);

/** Changes of an open incident that are worth a post of their own where nothing can be edited. */
const NEWS: ReadonlySet<IncidentChange> = new Set<IncidentChange>(["opened", "reopened", "worse", "spread", "reminder", "given_up"]);

export function decideDelivery(entry: DeliveryEntry, wanted: Wanted, manner: Manner, nowMs: number): Step {
  if (wanted.revision <= entry.settled) return late(entry, wanted, { manner, reason: "older" });
  if (wanted.revision < entry.tried) return late(entry, wanted, { manner, reason: "superseded" });
  if (entry.address === undefined) return untold(entry, wanted);
  switch (manner) {
    case "edits":
      return edited(entry, wanted, nowMs);
    case "posts-news":
      return isNews(entry, wanted) ? another(entry, wanted) : { action: "settle", reason: "quiet" };
    case "posts-every-change":
      return another(entry, wanted);
  }
}

/** What was remarked aloud is heard even if a newer revision came before it; what was remarked in the thread alone is over. */
function late(entry: DeliveryEntry, wanted: Wanted, how: { readonly manner: Manner; readonly reason: "older" | "superseded" }): Step {
  const { manner, reason } = how;
  const isOpen = entry.state !== "resolved" && wanted.state === "open";
  if (manner !== "edits" || !isOpen || entry.address === undefined) return { action: "drop", reason };
  const remark = unsaid(entry, wanted).find(({ aloud }) => aloud && wanted.post);
  return remark === undefined ? { action: "drop", reason } : orLookUp(entry, replyOf(wanted, remark), "late-remark");
}

function untold(entry: DeliveryEntry, wanted: Wanted): Step {
  const call = postOf(wanted, entry.first === undefined);
  const attempt = entry.attempts.find(({ key }) => key === call.key);
  // It may have arrived, and then it must be edited even if nobody is to be told any more.
  if (attempt !== undefined) return { action: "look-up", reason: "ambiguous", call, sinceMs: attempt.sinceMs };
  if (entry.first === undefined)
    return wanted.post ? { action: "call", reason: "new", call } : { action: "settle", reason: "not-to-be-told" };
  // The message is gone. That something is over is no reason to post it again.
  return wanted.post && wanted.state === "open" ? { action: "call", reason: "gone", call } : { action: "settle", reason: "gone" };
}

/** Somebody worse off, an end, or an operator's word is seen at once. */
export function isUrgent({ state, change }: Pick<Wanted, "state" | "change">): boolean {
  return state !== "open" || !CALM.has(change);
}

function edited(entry: DeliveryEntry, wanted: Wanted, nowMs: number): Step {
  if (entry.text !== wanted.text) {
    // A clock that was set back makes nobody wait for it.
    const sinceMs = nowMs - (entry.editedMs ?? Number.NEGATIVE_INFINITY);
    const isTooSoon = !isUrgent(wanted) && sinceMs >= 0 && sinceMs < EDIT_MS;
    if (isTooSoon) return { action: "wait", reason: "edited-lately", untilMs: nowMs + EDIT_MS - sinceMs };
    return { action: "edit", reason: "changed" };
  }
  const [remark] = unsaid(entry, wanted);
  return remark === undefined ? { action: "settle", reason: "says-the-same" } : orLookUp(entry, replyOf(wanted, remark), "remark");
}

function isNews(entry: DeliveryEntry, wanted: Wanted): boolean {
  if (wanted.state === "resolved") return entry.state !== "resolved";
  return wanted.post && (NEWS.has(wanted.change) || wanted.remarks.some(({ aloud }) => aloud));
}

/** A post of its own about what was told before. */
function another(entry: DeliveryEntry, wanted: Wanted): Step {
  return orLookUp(entry, { ...postOf(wanted, false), key: `${wanted.messageKey}:${wanted.revision}` }, "news");
}

function postOf(wanted: Wanted, isFirst: boolean): Extract<Call, { kind: "post" }> {
  const isCalledFor = isFirst || wanted.remarks.some(({ aloud, mayMention }) => aloud && mayMention);
  return { kind: "post", key: wanted.messageKey, mention: isCalledFor && isAlarming(wanted) };
}

function replyOf(wanted: Wanted, remark: WantedRemark): Call {
  const isAloud = remark.aloud && wanted.post;
  return { kind: "reply", key: remark.key, remark, isAloud, mention: isAloud && remark.mayMention && isAlarming(wanted) };
}

function isAlarming({ isCritical, state }: Wanted): boolean {
  return isCritical && state === "open";
}

function orLookUp(entry: DeliveryEntry, call: Call, reason: "news" | "remark" | "late-remark"): Step {
  const attempt = entry.attempts.find(({ key }) => key === call.key);
  return attempt === undefined
    ? { action: "call", reason, call }
    : { action: "look-up", reason: "ambiguous", call, sinceMs: attempt.sinceMs };
}

/** Remarks of the revision with which the message was posted, or of earlier ones, are part of the message. */
function unsaid(entry: DeliveryEntry, wanted: Wanted): readonly WantedRemark[] {
  return wanted.remarks.filter(({ key, revision }) => revision > (entry.first ?? 0) && !entry.said.includes(key));
}
