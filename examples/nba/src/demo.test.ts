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

test("the whole week: what is told, what waits, what is healed, and that it was needed less often", async () => {
  const shown = await play();
  for (const said of [
    /a quiet day.*\n.*phase 3 asks the gate: proceed: all 12 there, and starts/,
    /deployment-alerts \(new message\)\n.*prediction-worker: serves old code[^]*\.\/bin\/deploy-service\.sh prediction-worker/,
    /blocked: 2 of 4 missing: 0022400940, 0022400941; it waits/,
    /the missing box scores arrive\n.*phase 3 asks the gate: proceed: all 4 there, and starts/,
    /batch_2025-03-12_1: 119 of 136 predicted, 17 injured; the coordinator waits for 17 that may come back \(player_injury_out\)/,
    /batch_cleanup repaired 3 times on 2025-03-12 .*each proved/,
    /nba-alerts \(new message\)\n.*yellow: batch_cleanup healed 3 times in 1 h/,
    /kintsugi analyze: remove the cause player_injury_out first/,
    /permanent reasons are now: player_injury_out\n.*batch_2025-03-14_1: 119 of 136 predicted, 17 injured; the coordinator closes it/,
    /repairs in two days: 6 before, 1 after\n.*before: 5 player_injury_out, 1 members_missing; after: 1 members_missing/,
    /7 messages to people, 0 still open, 0 dead letters/,
    /npx kintsugi why heal_[0-9a-f]{12}$/,
  ])
    expect(shown).toMatch(said);
}, 180_000);

test("a scene may be played alone", async () => {
  const shown = await play("drift");
  expect(shown).toContain("a stale deployment");
  expect(shown).not.toContain("a quiet day");
  expect(shown).toContain("1 message to people, 0 still open, 0 dead letters");
});

test("a scene that there is not names those that there are", async () => {
  await expect(play("nowhere")).rejects.toThrow("there is no scene nowhere; there are quiet, drift, gate, healing");
});
