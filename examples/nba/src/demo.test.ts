import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { demo } from "./demo.ts";

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

async function play(...scenes: readonly string[]): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "kintsugi-demo-"));
  folders.push(directory);
  const lines: string[] = [];
  const code = await demo({
    directory,
    pace: "none",
    scenes,
    isTerminal: false,
    write: (line) => void lines.push(line),
    stopped: new Promise(() => {}),
    elapsed: () => 0,
    newToken: () => "token-of-the-test",
    refuse: (reason) => new Error(reason),
  });
  expect(code).toBe(0);
  return lines.join("\n");
}

// The whole week is played by `npm start`, and held to what it says in .ci/run.
test("a scene may be played alone", async () => {
  const shown = await play("drift");
  expect(shown).toContain("a stale deployment");
  expect(shown).not.toContain("a quiet day");
  expect(shown).toContain("1 message to people, 0 still open, 0 dead letters");
});

test("a scene that there is not names those that there are", async () => {
  await expect(play("nowhere")).rejects.toThrow("there is no scene nowhere; there are quiet, drift, gate, healing");
});
