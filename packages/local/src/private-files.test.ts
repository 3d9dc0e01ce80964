import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfigValue } from "@kintsugi/config/load";
import type { Config } from "@kintsugi/config/model";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockFolder } from "./host-lock.ts";
import { hostToken } from "./host-token.ts";
import { checkLedger, openLocal } from "./open-local.ts";

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "kintsugi-private-"));
  folder = join(parent, ".kintsugi");
});
afterEach(() => rmSync(parent, { recursive: true }));

const modeOf = (path: string): string => (lstatSync(path).mode & 0o777).toString(8);

async function openEverything(): Promise<() => void> {
  const read = parseConfigValue(
    { version: 1, pipeline: "p", timezone: "UTC", runtime: { local: folder } },
    { file: join(parent, "k.yaml"), env: {} },
  );
  const lock = lockFolder(folder);
  hostToken(folder, undefined);
  const local = openLocal((read as { config: Config }).config, { clock: { now: () => 0 }, say: () => {} });
  await checkLedger(local);
  await local.bus.publish([{ topic: "runs", attributes: {}, data: new Uint8Array([1]) }]);
  lock.record({ pid: 1, started: "now", token: "t" });
  return () => {
    local.close();
    lock.release();
  };
}

const FILES = ["kintsugi.db", "kintsugi.db-wal", "kintsugi.db-shm", "ledger.duckdb", "lock.db", "token", "host.json", ".gitignore"];

test("nobody else may read or write what lies in the folder, and git leaves it out", async () => {
  const close = await openEverything();
  expect(modeOf(folder)).toBe("700");
  expect(FILES.map((name) => [name, modeOf(join(folder, name))])).toEqual(FILES.map((name) => [name, "600"]));
  expect(readFileSync(join(folder, ".gitignore"), "utf8")).toBe("*\n");
  close();
});

test("what was made more open, by an older version or another hand, is closed again", async () => {
  (await openEverything())();
  for (const name of ["kintsugi.db", "ledger.duckdb", "lock.db", "token"]) chmodSync(join(folder, name), 0o644);
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, ".gitignore"), "mine\n");
  const close = await openEverything();
  expect(modeOf(folder)).toBe("700");
  expect(["kintsugi.db", "ledger.duckdb", "lock.db", "token"].map((name) => modeOf(join(folder, name)))).toEqual([
    "600",
    "600",
    "600",
    "600",
  ]);
  expect(readFileSync(join(folder, ".gitignore"), "utf8")).toBe("mine\n");
  close();
});

test("a folder of another name that was there keeps its mode, its other files and its own rules for git", async () => {
  folder = join(parent, "shared");
  mkdirSync(folder, { mode: 0o755 });
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, "notes.md"), "mine", { mode: 0o644 });
  chmodSync(join(folder, "notes.md"), 0o644);
  const close = await openEverything();
  expect([modeOf(folder), modeOf(join(folder, "notes.md")), modeOf(join(folder, "kintsugi.db"))]).toEqual(["755", "644", "600"]);
  expect(() => lstatSync(join(folder, ".gitignore"))).toThrow("ENOENT");
  close();
});

test("who holds the folder is never written through a link that somebody has put there", () => {
  mkdirSync(folder);
  const victim = join(parent, "victim");
  writeFileSync(victim, "untouched");
  const lock = lockFolder(folder);
  symlinkSync(victim, join(folder, "host.json.new"));
  lock.record({ pid: 1, started: "now", token: "a-token" });
  expect(readFileSync(victim, "utf8")).toBe("untouched");
  expect(JSON.parse(readFileSync(join(folder, "host.json"), "utf8"))).toMatchObject({ token: "a-token" });
  lock.release();
});
