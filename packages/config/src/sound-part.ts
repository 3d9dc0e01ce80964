/** What is left of a faulty form, so that it is judged too: all problems are reported at once, and no fault makes another appear. Pure. */

import type { z } from "zod";
import { ConfigForm } from "./form.ts";
import { knownKeys } from "./known-keys.ts";
import { nearestOf } from "./nearest.ts";
import { isHolder, type Path, valueAt } from "./path.ts";

const Sound = ConfigForm.partial();

/** Whatever is sound; `version`, `pipeline` and `timezone` may be missing. */
export type SoundPart = z.infer<typeof Sound>;

/** In a path that is needed: whatever stands directly in this map. */
export const EVERY = Symbol("every");

/** `removed`: what was taken out, and what was probably meant by a misspelt key. */
export function soundPart(given: unknown, issues: readonly z.core.$ZodIssue[]): { form: SoundPart; removed: readonly Path[] } {
  const value: unknown = structuredClone(given);
  const removed: Path[] = [];
  let found = issues;
  for (;;) {
    const faulty = found.flatMap((issue) => faultyPaths(issue, value)).filter((path) => remove(value, path));
    removed.push(...faulty, ...found.flatMap((issue) => meantPaths(issue, value)));
    const parsed = Sound.safeParse(value);
    if (parsed.success) return { form: parsed.data, removed };
    if (faulty.length === 0 && found !== issues) return { form: {}, removed };
    found = parsed.error.issues;
  }
}

/** Whether something of what is needed to judge was taken out, by itself or with what held it. */
export function isInDoubt(needs: readonly Path[], removed: readonly Path[]): boolean {
  return needs.some((need) => removed.some((gone) => gone.every((step, index) => need[index] === EVERY || step === need[index])));
}

/** A list falls as a whole, so that the others keep their places; with a missing key falls what lacks it. */
function faultyPaths(issue: z.core.$ZodIssue, value: unknown): readonly Path[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => [...issue.path, key]);
  const inList = issue.path.findIndex((step) => typeof step === "number");
  const path = inList === -1 ? issue.path : issue.path.slice(0, inList);
  const holder = valueAt(value, path.slice(0, -1));
  return [isHolder(holder) && Object.hasOwn(holder, path.at(-1) ?? "") ? path : path.slice(0, -1)];
}

function meantPaths(issue: z.core.$ZodIssue, value: unknown): readonly Path[] {
  if (issue.code !== "unrecognized_keys") return [];
  return issue.keys.flatMap((key) => {
    const meant = nearestOf(key, knownKeys(issue.path));
    return meant === undefined || valueAt(value, [...issue.path, meant]) !== undefined ? [] : [[...issue.path, meant]];
  });
}

function remove(value: unknown, path: Path): boolean {
  const last = path.at(-1);
  const parent = valueAt(value, path.slice(0, -1));
  return last !== undefined && isHolder(parent) && Object.hasOwn(parent, last) && Reflect.deleteProperty(parent, last);
}
