/** The valid part of a faulty form, so that all problems are told at once and no fault makes another appear. Pure. */

import { z } from "zod";
import { type CheckForm, ConfigForm } from "./form.ts";
import { knownKeys } from "./known-keys.ts";
import { nearestOf } from "./nearest.ts";
import { isHolder, type Path, valueAt } from "./path.ts";

/** Any key may be missing, so that nothing falls with one that does. */
type Partly<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? string extends keyof T
      ? { [K in keyof T]: Partly<T[K]> }
      : { [K in keyof T]?: Partly<T[K]> | undefined }
    : T;

const Valid = partly(ConfigForm) as z.ZodType<ValidSubset>;

/** Whatever has the right form. */
export type ValidSubset = Partly<ConfigForm>;
export type ValidCheck = Partly<CheckForm>;

/** In a path that is needed: whatever stands directly in this map. */
export const EVERY = Symbol("every");

/** `removed`: what was taken out, and what was probably meant by a misspelt key. */
export function validSubset(given: unknown): { form: ValidSubset; removed: readonly Path[] } {
  const value: unknown = structuredClone(given);
  const removed: Path[] = [];
  for (;;) {
    const parsed = Valid.safeParse(value);
    if (parsed.success) return { form: parsed.data, removed };
    const { issues } = parsed.error;
    const faulty = issues.flatMap(faultyPaths).filter((path) => remove(value, path));
    if (faulty.length === 0) return { form: {}, removed };
    removed.push(...faulty, ...issues.flatMap((issue) => meantPaths(issue, value)));
  }
}

/** Whether something of what is needed to judge was taken out, by itself or with what held it. */
export function isInDoubt(needs: readonly Path[], removed: readonly Path[]): boolean {
  return needs.some((need) => removed.some((gone) => gone.every((step, index) => need[index] === EVERY || step === need[index])));
}

/** A list falls as a whole, so that the others keep their places. */
function faultyPaths(issue: z.core.$ZodIssue): readonly Path[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => [...issue.path, key]);
  const inList = issue.path.findIndex((step) => typeof step === "number");
  return [inList === -1 ? issue.path : issue.path.slice(0, inList)];
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

/** The alternatives of a union stay as they are: without its keys none could be told from another. */
function partly(type: z.ZodType): z.ZodType {
  if (type instanceof z.ZodOptional) return partly(type.unwrap() as z.ZodType).optional();
  if (type instanceof z.ZodNullable) return partly(type.unwrap() as z.ZodType).nullable();
  if (type instanceof z.ZodObject) {
    const entries = Object.entries<z.ZodType>(type.shape);
    return z.strictObject(Object.fromEntries(entries.map(([key, inner]) => [key, partly(inner).optional()])));
  }
  return type instanceof z.ZodRecord && type.keyType instanceof z.ZodString
    ? z.record(type.keyType, partly(type.valueType as z.ZodType))
    : type;
}
