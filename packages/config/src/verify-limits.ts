/** How large a configuration may be: what is larger is said at once, and nothing else of it is judged, so that the answer takes no time. Pure. */

import { isHolder, type Path, valueAt } from "./path.ts";
import type { Report } from "./problem.ts";

/** One pipeline has far fewer; what holds more is several pipelines, or was made by a mistake. */
const MOST: readonly (readonly [path: Path, most: number])[] = [
  [["phases"], 500],
  [["gates"], 500],
  [["healers"], 100],
  [["patterns"], 200],
  [["receivers"], 100],
  [["drift", "services"], 1_000],
];
const MOST_CHECKS = 2_000;
const MOST_METRICS = 10_000;
/** The longest list that anything may name, such as a gate's checks or a service's paths. */
const MOST_LISTED = 1_000;

/** Whether it is small enough to be judged. */
export function verifyLimits(written: unknown, report: Report): boolean {
  let isSmall = true;
  const refuse = (path: Path, count: number, most: number, what: string): void => {
    isSmall = false;
    report(path, `holds ${count} ${what}, and a pipeline may have at most ${most}: split it into several`);
  };
  for (const [path, most] of MOST) {
    const count = sizeOf(valueAt(written, path));
    if (count > most) refuse(path, count, most, String(path.at(-1)));
  }
  const checks = valuesOf(valueAt(written, ["phases"])).flatMap((phase) => valuesOf(valueAt(phase, ["checks"])));
  const metrics = checks.reduce<number>((sum, check) => sum + sizeOf(valueAt(check, ["metrics"])), 0);
  if (checks.length > MOST_CHECKS) refuse(["phases"], checks.length, MOST_CHECKS, "checks");
  else if (metrics > MOST_METRICS) refuse(["phases"], metrics, MOST_METRICS, "metrics");
  for (const path of longLists(written, [])) refuse(path, sizeOf(valueAt(written, path)), MOST_LISTED, "items");
  return isSmall;
}

function longLists(value: unknown, path: Path): readonly Path[] {
  if (Array.isArray(value) && value.length > MOST_LISTED) return [path];
  return isHolder(value) ? Object.entries(value).flatMap(([key, inner]) => longLists(inner, [...path, key])) : [];
}

function sizeOf(value: unknown): number {
  return isHolder(value) ? Object.keys(value).length : 0;
}

function valuesOf(value: unknown): readonly unknown[] {
  return isHolder(value) ? Object.values(value) : [];
}
