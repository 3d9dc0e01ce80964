/** What the oracle holds to be true of one incident key, and the table of its life. */

import type { Severity } from "@kintsugi/events/fields";
import type { Rules } from "./world.ts";

export type State = "well" | "open" | "flapping";
/** What a look says of one key; `partly`: good, while other days of it are bad. */
export type Heard = "bad" | "good" | "partly" | "nothing";

/** What may follow: `open?` after enough bad looks, `well?` after enough good ones, `well after 4 h` of them. */
type Next = State | "open?" | "well?" | "well after 4 h";

/** Every state and everything that may be heard in it. */
export const life: Readonly<Record<State, Readonly<Record<Heard, Next>>>> = {
  well: { bad: "open?", good: "well", partly: "well", nothing: "well" },
  open: { bad: "open", good: "well?", partly: "open", nothing: "open" },
  flapping: { bad: "flapping", good: "well after 4 h", partly: "flapping", nothing: "flapping" },
};

export type Day = { readonly state: "bad" | "given_up" | "closed"; readonly sinceMs: number };

export type Remembered = {
  readonly key: string;
  state: State;
  days: Map<string, Day>;
  /** In a row. */
  bad: number;
  good: number;
  goodSinceMs: number | undefined;
  openedMs: number;
  resolvedMs: number | undefined;
  openings: number[];
  /** Of its last look, epoch ms. */
  lastMs: number;
  /** Bad days that its root accounts for. */
  explained: readonly string[];
  severity: Severity;
  peak: Severity;
  targets: readonly string[];
  cause: string | undefined;
  silence: { readonly untilMs: number; readonly isWithIncident: boolean; readonly severity: Severity } | undefined;
  acknowledgedUntilMs: number;
  root: string | undefined;
  /** Its root is gone; it waits for its own next look. */
  heldSinceMs: number | undefined;
  /** Whether people were to have a message after the last fact, were to have one at any time, and have one. */
  isToTell: boolean;
  told: boolean;
  posted: boolean;
  reminders: number;
  remindedMs: number;
};

export function unknownKey(key: string): Remembered {
  const none = { goodSinceMs: undefined, resolvedMs: undefined, cause: undefined, silence: undefined, root: undefined };
  return {
    key,
    ...none,
    heldSinceMs: undefined,
    state: "well",
    days: new Map(),
    bad: 0,
    good: 0,
    lastMs: 0,
    openedMs: 0,
    openings: [],
    explained: [],
    severity: "info",
    peak: "info",
    targets: [],
    acknowledgedUntilMs: 0,
    isToTell: false,
    told: false,
    posted: false,
    reminders: 0,
    remindedMs: 0,
  };
}

const order: readonly Severity[] = ["info", "yellow", "red", "critical"];

export function isWorse(one: Severity, other: Severity): boolean {
  return order.indexOf(one) > order.indexOf(other);
}

export function badDays({ days }: Remembered): readonly string[] {
  return [...days].flatMap(([day, { state }]) => (state === "bad" ? [day] : []));
}

/** A silence ends by itself, and does not hold for what is worse than what was silenced. */
export function isSilenced({ silence, severity }: Remembered, nowMs: number): boolean {
  return silence !== undefined && nowMs < silence.untilMs && !isWorse(severity, silence.severity);
}

/** Whether people are to have a message of it. */
export function mayBeTold(one: Remembered, nowMs: number): boolean {
  if (one.state === "well" || one.root !== undefined || one.heldSinceMs !== undefined || one.severity === "info") return false;
  return one.told || !isSilenced(one, nowMs);
}

export function resolve(one: Remembered, atMs: number): void {
  one.state = "well";
  one.resolvedMs = atMs;
  one.bad = 0;
  one.root = undefined;
  one.explained = [];
  one.heldSinceMs = undefined;
  one.goodSinceMs = undefined;
  one.days = new Map([...one.days].filter(([, { state }]) => state !== "bad"));
  if (one.silence?.isWithIncident === true) one.silence = undefined;
}

/** The pause before the reminder that comes next: it doubles, and is a day at most. */
export function pauseMs({ reminders }: Remembered, { remindMs }: Rules): number {
  let pause = remindMs;
  for (let given = 0; given < reminders; given++) pause *= 2;
  return Math.min(pause, 24 * 3_600_000);
}
