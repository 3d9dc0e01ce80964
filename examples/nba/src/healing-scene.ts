/** Two evenings are healed, the operator registers why players were skipped, and two evenings of the same kind follow. */

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Analysis, analyze } from "@kintsugi/ledger/analyze";
import { localPlace } from "@kintsugi/ledger/statements";
import { registeredReasons } from "./coordinator.ts";
import { playEvening, twoEvenings } from "./evening.ts";
import { type Around, nightOf } from "./scenes.ts";
import type { Stage } from "./stage.ts";

export async function healing(around: Around): Promise<string | undefined> {
  const { stage, tell, title, folder } = around;
  title("injured players stall the prediction batches: each is healed, with cause and proof");
  const before = await twoDays(around, ["2025-03-12", "2025-03-13"]);
  const last = await lastHeal(around);
  for (const { text, evidence } of before.recommendations) tell(`kintsugi analyze: ${text} (${evidence})`);
  await nightOf(around, "2025-03-13");

  title("the operator registers the reason in kintsugi.yaml, and two evenings of the same kind follow");
  await register(folder, "player_injury_out");
  await stage.restart();
  tell(`healer and coordinator start anew; permanent reasons are now: ${registeredReasons(stage.local().config).join(", ")}`);
  const after = await twoDays(around, ["2025-03-14", "2025-03-15"]);
  tell(`repairs in two days: ${before.total} before, ${after.total} after`);
  tell(`their causes before: ${describeCauses(before)}; after: ${describeCauses(after)}`);
  return last;
}

async function twoDays(around: Around, [first, second]: readonly [string, string]): Promise<Analysis> {
  await playEvening(around, first, twoEvenings[0]);
  await nightOf(around, first);
  await playEvening(around, second, twoEvenings[1]);
  return await repairsSince(around.stage, first);
}

/** What the ledger holds of the repairs from the noon of a day until now. */
export async function repairsSince(stage: Stage, day: string): Promise<Analysis> {
  await stage.advanceTo(stage.now() + 1_000);
  return await analyze(stage.local().dependencies.ledger, localPlace, { sinceMs: Date.parse(`${day}T12:00:00Z`), untilMs: stage.now() });
}

/** Writes a reason into the configuration, as an operator does with an editor. */
export async function register(folder: string, reason: string): Promise<void> {
  const file = join(folder, "kintsugi.yaml");
  const text = await readFile(file, "utf8");
  const none = "permanent: []";
  if (!text.includes(none)) throw new Error(`${file} does not say ${none}`);
  await writeFile(file, text.replace(none, `permanent: [${reason}]`));
}

function describeCauses({ causes }: Analysis): string {
  return causes.map(({ cause, count }) => `${count} ${cause}`).join(", ") || "none";
}

async function lastHeal({ stage }: Around): Promise<string | undefined> {
  const { rows } = await stage
    .local()
    .dependencies.ledger.query("SELECT healing_id FROM kintsugi.healing_events ORDER BY timestamp DESC LIMIT 1");
  return rows[0] === undefined ? undefined : String(rows[0]["healing_id"]);
}
