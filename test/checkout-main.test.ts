/** Which code a verb starts in a checkout: a bundle of just the sources that stand there, or the sources themselves. */

import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

const run = promisify(execFile);
const project = join(import.meta.dirname, "..");
let folder: string;
let checkout: string;
let count = 0;

beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "kintsugi-checkout-"))));
afterAll(() => rmSync(folder, { recursive: true }));

/** A tool of one line, in a checkout that is else as the real one. */
beforeEach(() => {
  checkout = join(folder, String(count++));
  for (const path of ["scripts/build", "pnpm-lock.yaml", "examples/nba/kintsugi.yaml", "examples/nba/data"])
    cpSync(join(project, path), join(checkout, path), { recursive: true });
  mkdirSync(join(checkout, "services"));
  mkdirSync(join(checkout, "node_modules"));
  symlinkSync(join(project, "node_modules/esbuild"), join(checkout, "node_modules/esbuild"));
  write("packages/cli/package.json", '{ "type": "module" }');
  write("package.json", '{ "type": "module" }');
  write("packages/cli/src/main.ts", 'import { word } from "./word.ts";\nconsole.log(word);\n');
  write("packages/cli/src/word.ts", 'export const word: string = "one";\n');
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(checkout, path)), { recursive: true });
  writeFileSync(join(checkout, path), text);
}

/** In a process of its own, as bin/kintsugi.mjs asks. */
async function mainOf(): Promise<string> {
  const module = JSON.stringify(pathToFileURL(join(project, "bin/checkout-main.mjs")).href);
  const script = `const { checkoutMain } = await import(${module}); console.log(checkoutMain(${JSON.stringify(checkout)}, process.execPath))`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script]);
  return stdout.trim();
}

async function said(main: string): Promise<string> {
  return (await run(process.execPath, [main])).stdout;
}

const bundles = (): string[] => readdirSync(join(checkout, "node_modules/.cache/bundles"));

test("the bundle is made once, anew for sources that have changed, and found again for sources that are back", async () => {
  const first = await mainOf();
  expect(first).toMatch(/node_modules\/\.cache\/bundles\/[0-9a-f]{32}\/lib\/main\.js$/);
  expect(await said(first)).toBe("one\n");
  expect(await mainOf()).toBe(first);

  write("packages/cli/src/word.ts", 'export const word: string = "two";\n');
  const second = await mainOf();
  expect(await said(second)).toBe("two\n");

  write("packages/cli/src/word.ts", 'export const word: string = "one";\n');
  expect(await mainOf()).toBe(first);
  expect(bundles()).toHaveLength(2);
});

test("another lockfile is another bundle, and a test that has changed is none", async () => {
  const first = await mainOf();
  write("packages/cli/src/word.test.ts", "// another test\n");
  expect(await mainOf()).toBe(first);
  write("pnpm-lock.yaml", "lockfileVersion: other\n");
  expect(await mainOf()).not.toBe(first);
});

test("processes that start at once all get a whole bundle, and leave nothing unfinished behind", async () => {
  const mains = await Promise.all([mainOf(), mainOf(), mainOf()]);
  expect(new Set(mains).size).toBe(1);
  expect(await said(mains[0])).toBe("one\n");
  expect(bundles()).toHaveLength(1);
});

test("where nothing can be written, and where the sources are wrong, the sources themselves are started", async () => {
  const source = join(checkout, "packages/cli/src/main.ts");
  write("node_modules/.cache", "a file where a folder should be made");
  expect(await mainOf()).toBe(source);
  expect(await said(source)).toBe("one\n");

  rmSync(join(checkout, "node_modules/.cache"));
  write("packages/cli/src/word.ts", "export const word = ;\n");
  expect(await mainOf()).toBe(source);
  expect(bundles()).toEqual([]);
});

test("a stack trace names the sources", async () => {
  write("packages/cli/src/word.ts", '\nexport const word: string = fail();\nfunction fail(): never {\n  throw new Error("gone");\n}\n');
  const main = await mainOf();
  expect(main).toContain("bundles");
  const failure = run(process.execPath, ["--enable-source-maps", main]);
  await expect(failure).rejects.toThrow(`${checkout}/packages/cli/src/word.ts:4:9`);
  expect(readFileSync(join(dirname(main), "../kintsugi.yaml"), "utf8")).toContain("pipeline:");
});
