/** Who explains whom, from who is open; and what comes of those whose root is gone. */

import { badDays, type Remembered, resolve } from "./remembered.ts";
import { checks, gateKey, MINUTE, upstreamKey } from "./world.ts";
import { subjectKey } from "@kintsugi/events/subject";

const RUN_MS = 30 * MINUTE;
const inOrder = checks.map(subjectKey);

const none: readonly string[] = [];

export type Memory = ReadonlyMap<string, Remembered>;

export function rememberRoots(memory: Memory, nowMs: number): void {
  const open = [...memory.values()].filter(({ state }) => state !== "well");
  const roots = open.map((one) => rootOf(one, open));
  let isAnyGone = false;
  for (const [index, one] of open.entries()) {
    const root = roots[index];
    const gone = one.root === undefined || root !== undefined ? undefined : memory.get(one.root);
    one.root = root;
    one.explained = root === undefined ? none : badDays(one);
    if (root !== undefined) one.heldSinceMs = undefined;
    if (gone === undefined || gone.state !== "well") continue;
    // Nobody looks at a gate again by himself: it leaves with its root.
    if (!isOfGate(one.key)) one.heldSinceMs = gone.resolvedMs;
    else {
      resolve(one, nowMs);
      isAnyGone = true;
    }
  }
  // What has left explains nothing any more.
  if (isAnyGone) rememberRoots(memory, nowMs);
}

function isOfGate(key: string): boolean {
  return key === gateKey || key.startsWith("unknown:gate:");
}

function rootOf(one: Remembered, open: readonly Remembered[]): string | undefined {
  if (open.length < 2) return undefined;
  if (one.key.startsWith("unknown:")) return firstOfCause(one, open);
  if (one.key === gateKey) return open.find((other) => explainsGate(other, one))?.key;
  // The phases before it, the one furthest upstream first; what was open for more than a run before has another reason.
  const before = inOrder.slice(0, Math.max(0, inOrder.indexOf(one.key)));
  return before.find((key) => open.some((other) => other.key === key && isTold(other) && other.openedMs - one.openedMs <= RUN_MS));
}

function isTold({ severity }: Remembered): boolean {
  return severity !== "info";
}

/** For the days that it finds bad, and for those that it has explained before and that are mended meanwhile. */
function explainsGate(check: Remembered, gate: Remembered): boolean {
  if (check.key !== upstreamKey || !isTold(check)) return false;
  const days = badDays(check);
  return days.length === 0 || badDays(gate).every((day) => days.includes(day) || gate.explained.includes(day));
}

function firstOfCause(one: Remembered, open: readonly Remembered[]): string | undefined {
  if (one.cause === undefined) return undefined;
  const same = open.filter(({ key, cause }) => key.startsWith("unknown:") && cause === one.cause);
  const told = same.filter((other) => other.told);
  const first = (told.length > 0 ? told : same).reduce((a, b) =>
    b.openedMs < a.openedMs || (b.openedMs === a.openedMs && b.key < a.key) ? b : a,
  );
  return first === one ? undefined : first.key;
}
