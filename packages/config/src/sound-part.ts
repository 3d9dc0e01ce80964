/** What is left of a faulty form, so that it is judged too: all problems are reported at once, and no fault makes another appear. Pure. */

import type { z } from "zod";
import { ConfigForm } from "./form.ts";

type Path = readonly PropertyKey[];

const Sound = ConfigForm.partial();

/** Whatever is sound; `version`, `pipeline` and `timezone` may be missing. */
export type SoundPart = z.infer<typeof Sound>;

export function soundPart(given: unknown, issues: readonly z.core.$ZodIssue[]): { form: SoundPart; removed: readonly Path[] } {
  const value: unknown = structuredClone(given);
  const removed: Path[] = [];
  let found = issues;
  while (found.length > 0) {
    const faulty = found.flatMap((issue) => faultyPaths(issue, value)).filter((path) => remove(value, path));
    removed.push(...faulty);
    const parsed = Sound.safeParse(value);
    if (parsed.success) return { form: parsed.data, removed };
    found = faulty.length === 0 && found !== issues ? [] : parsed.error.issues;
  }
  return { form: {}, removed };
}

/** Whether what stands at a path can only be judged with something that was taken out. */
export function dependsOn(path: Path, removed: readonly Path[]): boolean {
  return removed.some(
    (gone) =>
      gone.every((step, index) => index >= path.length || step === path[index]) ||
      (path[0] === "gates" && gone[0] === "phases" && gone.length <= 4) ||
      (path[0] === "phases" && (gone[0] === "calendar" || (gone[0] === "phases" && gone.length <= 2))),
  );
}

/** A list falls as a whole, so that the others keep their places; with a missing key falls what lacks it. */
function faultyPaths(issue: z.core.$ZodIssue, value: unknown): readonly Path[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => [...issue.path, key]);
  const inList = issue.path.findIndex((step) => typeof step === "number");
  const path = inList === -1 ? issue.path : issue.path.slice(0, inList);
  return [at(value, path) === undefined ? path.slice(0, -1) : path];
}

function remove(value: unknown, path: Path): boolean {
  const last = path.at(-1);
  const parent = at(value, path.slice(0, -1));
  if (last === undefined || parent === null || typeof parent !== "object" || !Object.hasOwn(parent, last)) return false;
  return Reflect.deleteProperty(parent, last);
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, step) => (inner !== null && typeof inner === "object" ? (inner as Record<PropertyKey, unknown>)[step] : undefined),
    value,
  );
}
