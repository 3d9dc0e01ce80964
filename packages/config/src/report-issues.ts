/** From what zod finds to problems in our words. Pure. */

import type { z } from "zod";
import { knownKeys } from "./known-keys.ts";
import { isAtOrBelow, type Path } from "./path.ts";
import type { Report } from "./problem.ts";
import { textAt } from "./shown-text.ts";

type Issue = z.core.$ZodIssue;
type Reading = { readonly written: unknown; readonly unknown: readonly Path[]; readonly report: Report };

/** @param unknown what could not be read, and is told already */
export function reportIssues(issues: readonly Issue[], { written, unknown, report }: Reading): void {
  const isUnknown = (at: Path): boolean => unknown.some((path) => isAtOrBelow(at, path));
  for (const issue of issues.flatMap(plainIssues)) {
    if (issue.code !== "unrecognized_keys") {
      if (!isUnknown(issue.path)) reportValue(issue, textAt(written, issue.path), report);
    } else for (const key of issue.keys) if (!isUnknown([...issue.path, key])) reportKey(issue.path, key, report);
  }
}

/** Of a union's alternatives the one that was meant is the one whose keys are known. */
function plainIssues(issue: Issue): readonly Issue[] {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [issue];
  const [best = []] = [...issue.errors].sort((a, b) => score(a) - score(b));
  return best.flatMap((inner) => plainIssues({ ...inner, path: [...issue.path, ...inner.path] }));
}

function score(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? 10 : 1) + (issue.path.length === 0 ? 5 : 0), 0);
}

function reportKey(path: Path, key: string, report: Report): void {
  const allowed = knownKeys(path);
  // A key that is known stands beside another that excludes it.
  if (allowed.includes(key)) report([...path, key], (text) => `${text} excludes what stands beside it`, { offending: key, at: "key" });
  else report([...path, key], (text) => `${text} is not known here`, { offending: key, allowed, at: "key" });
}

function reportValue(issue: Issue, text: string | undefined, report: Report): void {
  const { path, message } = issue;
  if (issue.code === "invalid_key") {
    const words = issue.issues[0]?.message ?? "is no name";
    report(path, (name) => `${name} ${words}`, { offending: String(path.at(-1)), at: "key" });
  } else if (text === undefined && (issue.code === "invalid_type" || issue.code === "invalid_value")) {
    report(path, "is missing", issue.code === "invalid_value" ? { allowed: issue.values.map(String) } : {});
  } else if (issue.code === "invalid_value") {
    const words = message.startsWith("Invalid") ? "is not allowed here" : message;
    report(path, (given) => (words.startsWith("is ") ? `${given} ${words}` : words), { allowed: issue.values.map(String) });
  } else {
    const wrongType = message.replace(/^Invalid input: /, "has the wrong type: ");
    report(path, (given) => (/^(?:is|has) /.test(wrongType) ? `${given} ${wrongType}` : wrongType));
  }
}
