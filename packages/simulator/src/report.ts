/** What people and machines read of a test run. Pure. */

import type { Failed } from "./expect.ts";

export type Result = {
  readonly file: string;
  readonly name: string;
  readonly seed: number;
  readonly chaos: string;
  readonly seconds: number;
  readonly checked: number;
  readonly failed: readonly Failed[];
  /** The file or the configuration is wrong, or the runner failed. */
  readonly error?: { readonly kind: "given" | "runner"; readonly lines: readonly string[] };
};

export function outcomeOf(result: Pick<Result, "error" | "failed">): "held" | "failed" | "error" {
  if (result.error !== undefined) return "error";
  return result.failed.length > 0 ? "failed" : "held";
}

/** One line per scenario, and a story per failure. */
export function describe(result: Result, isLast = false): string {
  const mark = { held: "✓", failed: "✗", error: "!" }[outcomeOf(result)];
  const head = `${mark} ${result.name}${result.seed === 1 ? "" : `  seed ${result.seed}`}`;
  const lines = [`${head}  (${result.checked} expectations, ${result.seconds.toFixed(1)} s)`];
  if (result.error !== undefined) lines.push(...result.error.lines.map((line) => `    ${line}`));
  for (const failure of result.failed) lines.push(...tellFailure(failure));
  if (result.failed.length > 0) lines.push(`    again, with the trace: ${rerunCommand(result)}`, ...(isLast ? [] : [""]));
  return lines.join("\n");
}

function tellFailure(failure: Failed): string[] {
  return [
    `    ${failure.file}:${failure.line}, at ${new Date(failure.atMs).toISOString()}`,
    `      ${failure.subject}`,
    `        expected  ${show(failure.wanted)}`,
    `        seen      ${show(failure.seen)}`,
    ...(failure.story ?? []).slice(0, 12).map((line) => `        ${line}`),
  ];
}

export function rerunCommand({ file, seed, chaos }: Result): string {
  return `kintsugi test ${inShell(file)} --seeds ${seed} --chaos ${chaos} --trace`;
}

function inShell(path: string): string {
  return /^[\w./@+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

function show(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function summary(results: readonly Result[]): string {
  const count = (wanted: string): number => results.filter((result) => outcomeOf(result) === wanted).length;
  const errors = count("error");
  return `${count("held")} held, ${count("failed")} failed${errors === 0 ? "" : `, ${errors} could not run`}`;
}

export function junit(results: readonly Result[]): string {
  const cases = results.map((result) => {
    const head = `  <testcase classname="${escape(result.file)}" name="${escape(`${result.name} (seed ${result.seed})`)}" time="${result.seconds.toFixed(3)}"`;
    if (outcomeOf(result) === "held") return `${head}/>`;
    const tag = result.error === undefined ? "failure" : "error";
    return `${head}>\n    <${tag} message="${escape(result.error?.lines[0] ?? result.failed[0]!.subject)}">${escape(describe(result))}</${tag}>\n  </testcase>`;
  });
  const failures = results.filter((result) => outcomeOf(result) === "failed").length;
  const errors = results.filter((result) => outcomeOf(result) === "error").length;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="kintsugi" tests="${results.length}" failures="${failures}" errors="${errors}">\n${cases.join("\n")}\n</testsuite>\n`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
