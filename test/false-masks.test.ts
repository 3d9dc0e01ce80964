/** What the door must leave alone: everything real that the tests have, as it stands in files, events and messages. */

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CommandContext } from "@kintsugi/cli/command-context";
import { sql } from "@kintsugi/cli/verbs/sql";
import { maskJson, maskText } from "@kintsugi/events/mask";
import { testCommand } from "@kintsugi/simulator/test-command";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
/** Of all corpora together. */
const MOST = 1;
const seen = { masks: [] as string[], bytes: 0 };

/** What the door would change, line by line; a placeholder in a document is no secret either. */
function look(name: string, text: string): void {
  seen.bytes += text.length;
  const masked = maskText(text);
  if (masked === text) return;
  const lines = masked.split("\n");
  for (const [index, line] of text.split("\n").entries()) if (line !== lines[index]) seen.masks.push(`${name}:${index + 1}: ${line}`);
}

async function traceOf(file: string): Promise<string> {
  const lines: string[] = [];
  const add = (line: string): void => void lines.push(line);
  await testCommand([file], { json: true, trace: true, env: {}, elapsed: () => 0, write: add, progress: add });
  return lines.join("\n");
}

test("at most one real text of files, statements and stories is taken for a secret", async () => {
  const files = globSync(
    [
      "docs/**/*.md",
      "README.md",
      "{packages,services}/*/README.md",
      "packages/notify/golden/*",
      "examples/**/*.{yaml,md,sql,csv}",
      "test/scenarios/*.yaml",
      "infra/**/*.tf",
    ],
    { cwd: root, exclude: ["**/node_modules/**"] },
  );
  expect(files.length).toBeGreaterThan(80);
  for (const file of files) look(file, readFileSync(join(root, file), "utf8"));

  const context = {
    env: {},
    directory: root,
    now: () => 0,
    out: (text: string) => look("kintsugi sql", text),
  } as unknown as CommandContext;
  for (const dialect of ["bigquery", "duckdb"]) await sql({ config: "test/scenarios/data.yaml", dialect }, context);
  const stories = globSync("test/scenarios/{01,06,a3,a7}-*.yaml", { cwd: root }).toSorted();
  for (const story of stories) look(story, await traceOf(join(root, story)));

  expect(seen.bytes).toBeGreaterThan(300_000);
  expect(seen.masks.slice(MOST)).toEqual([]);
}, 120_000);

test.for<[name: string, text: string]>([
  ["a commit", "e9b9317c0f3a1d2b4c5e6f708192a3b4c5d6e7f8"],
  ["a UUID", "3f2504e0-4f89-11d3-9a0c-0305e82c3301"],
  ["a batch", "batch_2026-02-05_1770320704"],
  ["a job of BigQuery", "my-project:US.bqjob_r3b0c1d2e4f5a6978_0000018d1a2b3c4d_1"],
  ["a job of a client", "job_Q1w2E3r4T5y6U7i8O9p0A1s2D3f4"],
  ["an image", "us-docker.pkg.dev/p/r/i@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
  ["a revision", "prediction-coordinator-00165-phn"],
  ["a trace", "projects/p/traces/06796866738c859f2f19b7cfb3214824"],
  ["an event's data as base64", Buffer.from('{"type":"healing.completed","healing_type":"retry"}').toString("base64")],
  ["an address of a table", "`my-project.nba_raw.bdl_player_boxscores`"],
  ["a condition", "WHERE pass_rate > 0.9 AND key = 'a' AND t.token = u.token"],
])("%s survives", ([, text]) => {
  expect(maskText(text)).toBe(text);
  expect(maskJson({ key: text, [text]: [text] })).toEqual({ key: text, [text]: [text] });
});
