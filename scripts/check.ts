/** `npm test`: every check of the project, each with its name, time and verdict; ends with one line that counts them. */

import { spawnSync } from "node:child_process";
import { dirname } from "node:path";

const root = dirname(import.meta.dirname);

const checks: readonly (readonly [name: string, command: string, ...words: string[]])[] = [
  ["types", "tsc", "--noEmit"],
  ["format", "oxfmt", "--check", "."],
  ["lint and arrows", "oxlint", "--type-aware"],
  ["dead code", "knip", "--no-config-hints"],
  ["derived files", "node", "scripts/derive.ts", "--check"],
  ["tests", "vitest", "run", "--project", "unit", "--reporter=dot"],
];

let failed = 0;
for (const [name, command, ...words] of checks) {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(command, words, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, FORCE_COLOR: "0", NODE_OPTIONS: "--disable-warning=ExperimentalWarning" },
  });
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  process.stdout.write(`${status === 0 ? "ok    " : "FAILED"}  ${name} (${seconds} s)\n`);
  if (status === 0 && name !== "tests") continue;
  process.stdout.write(status === 0 ? summaryOf(stdout) : `${stdout}\n${stderr}\n`);
  if (status !== 0) failed++;
}
process.stdout.write(`${checks.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

function summaryOf(output: string): string {
  return `${output
    .split("\n")
    .filter((line) => /^\s*(?:Test Files|Tests|Duration)/.test(line))
    .join("\n")}\n`;
}
