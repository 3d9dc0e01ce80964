/** Refuses keys that every JavaScript object has already: what stands below them would be dropped. Pure. */

import { isHolder, type Path } from "./path.ts";
import type { Report } from "./problem.ts";

const INHERITED = new Set(["__proto__", "constructor", "prototype"]);

/** What is left. */
export function ownKeys(value: unknown, report: Report, path: Path = []): unknown {
  if (Array.isArray(value)) return value.map((item, index) => ownKeys(item, report, [...path, index]));
  if (!isHolder(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      const at = [...path, key];
      if (!INHERITED.has(key)) return [[key, ownKeys(inner, report, at)]];
      report(at, `${key} is a word of the language that reads this file: take another name`, { offending: key, at: "key" });
      return [];
    }),
  );
}
