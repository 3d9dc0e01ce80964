/** What is wrong with a configuration, and where. */

import { nearestOf } from "./nearest.ts";
import type { Path } from "./path.ts";
import type { PlaceOf } from "./places.ts";
import { shownText, textAt } from "./shown-text.ts";

export type Problem = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Such as `phases.raw.checks.boxscores.severity`. */
  readonly path: string;
  readonly message: string;
  readonly offending?: string;
  readonly allowed?: readonly string[];
  readonly nearest?: string;
};

/** Tells of a problem. The words get the text at the path as it is written, where a variable is still `${NAME}`. */
export type Report = (path: Path, words: string | ((text: string) => string), details?: Details) => void;

export type Details = {
  /** Only where it is not the text at the path, such as a key. */
  readonly offending?: string;
  readonly allowed?: readonly string[];
  /** Where the nearest name is looked for, if these are too many to be told. Default: what is allowed. */
  readonly among?: readonly string[];
  readonly at?: "key";
  /** The problem may be none if one of these was taken out of the file because something is wrong with it. */
  readonly needs?: readonly Path[];
};

/** A file as it is written. */
export type Source = { readonly file: string; readonly place: PlaceOf; readonly written: unknown };

export function problemAt({ file, place, written }: Source, ...[path, words, details = {}]: Parameters<Report>): Problem {
  const text = details.offending === undefined ? textAt(written, path) : shownText(details.offending);
  const offending = details.offending === undefined && typeof words === "string" ? undefined : text;
  const among = details.among ?? details.allowed;
  const nearest = offending === undefined || among === undefined ? undefined : nearestOf(offending, among);
  return {
    file,
    ...place(path, details.at),
    path: path.map((step) => shownText(String(step))).join("."),
    message: typeof words === "string" ? words : words(text ?? "nothing"),
    ...(offending === undefined ? {} : { offending }),
    ...(details.allowed === undefined ? {} : { allowed: details.allowed.map(shownText) }),
    ...(nearest === undefined ? {} : { nearest: shownText(nearest) }),
  };
}

/** As they stand in the file. */
export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
}

export function formatProblem({ file, line, column, path, message, offending, allowed, nearest }: Problem): string {
  const where = path === "" ? "" : `${path}: `;
  const given = offending === undefined || message.includes(offending) ? "" : ` (here: ${offending})`;
  const meant = nearest === undefined ? "" : `; did you mean ${nearest}?`;
  const choices = allowed === undefined || allowed.length === 0 ? "" : ` (allowed: ${allowed.join(", ")})`;
  return `${file}:${line}:${column}: ${where}${message}${given}${choices}${meant}`;
}
