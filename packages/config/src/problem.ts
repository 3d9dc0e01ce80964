/** What is wrong with a configuration, and where. */

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

export function formatProblem({ file, line, column, path, message, offending, allowed, nearest }: Problem): string {
  const where = path === "" ? "" : `${path}: `;
  const given = offending === undefined || message.includes(offending) ? "" : ` (here: ${offending})`;
  const meant = nearest === undefined ? "" : `; did you mean ${nearest}?`;
  const choices = allowed === undefined || allowed.length === 0 ? "" : ` (allowed: ${allowed.join(", ")})`;
  return `${file}:${line}:${column}: ${where}${message}${given}${choices}${meant}`;
}
