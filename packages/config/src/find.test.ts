import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findConfig } from "./find.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "find-config-"));
  await mkdir(join(root, "a/b/.kintsugi"), { recursive: true });
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

test.for<[name: string, files: readonly string[], found: string | undefined]>([
  ["the one here", ["kintsugi.yaml", "a/kintsugi.yaml", "a/b/kintsugi.yaml"], "a/b/kintsugi.yaml"],
  ["the nearest one upward", ["kintsugi.yaml", "a/kintsugi.yaml"], "a/kintsugi.yaml"],
  ["one upward before what the demonstration left", ["kintsugi.yaml", "a/b/.kintsugi/kintsugi.yaml"], "kintsugi.yaml"],
  ["what the demonstration left", ["a/b/.kintsugi/kintsugi.yaml"], "a/b/.kintsugi/kintsugi.yaml"],
  ["none", [], undefined],
])("without a name a configuration is looked for here and upward: %s", async ([, files, found]) => {
  for (const file of files) await writeFile(join(root, file), "");
  expect(findConfig(join(root, "a/b"))).toBe(found === undefined ? undefined : join(root, found));
});
