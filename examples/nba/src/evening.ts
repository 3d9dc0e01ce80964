/** An evening's batches of predictions: what workers meet, and what the coordinator makes of it. */

import { type Coordinator, createCoordinator, registeredReasons, type Report } from "./coordinator.ts";
import { type Completion, describeCompletion } from "./decide-completion.ts";
import type { Stage } from "./stage.ts";

/** Of `players`, `injured` are out, and `lost` were in the hands of a worker that was killed. */
export type BatchFacts = { readonly players: number; readonly injured: number; readonly lost: number };

const INJURIES: BatchFacts = { players: 136, injured: 17, lost: 0 };
const KILLED_WORKER: BatchFacts = { players: 136, injured: 8, lost: 9 };
/** Two evenings, which come once before the reason is registered and once after it. */
export const twoEvenings: readonly [readonly BatchFacts[], readonly BatchFacts[]] = [
  [INJURIES, INJURIES, INJURIES],
  [INJURIES, KILLED_WORKER, INJURIES],
];

/** So many players are in one message of a worker. */
const REPORTED_AT_ONCE = 17;
const HOUR_MS = 3_600_000;
const PAUSE_MS = 15 * 60_000;

export type Shown = { readonly stage: Stage; readonly tell: (line: string) => void };

/** The batches of an evening, one each quarter of an hour. The coordinator starts with the reasons that the configuration holds by then. */
export async function playEvening({ stage, tell }: Shown, day: string, batches: readonly BatchFacts[]): Promise<void> {
  const startMs = Date.parse(`${day}T20:00:00Z`);
  await stage.advanceTo(startMs);
  const { documents, config } = stage.local();
  const coordinator = createCoordinator({ documents, now: stage.now, permanent: registeredReasons(config) });
  for (const [index, facts] of batches.entries()) {
    await stage.advanceTo(startMs + index * PAUSE_MS);
    const batch = `batch_${day}_${index + 1}`;
    const players = Array.from({ length: facts.players }, (_, number) => `player_${number + 1}`);
    const opened = await coordinator.open(batch, day, players);
    const completion = (await work(coordinator, batch, reportsOf(players, facts))) ?? opened;
    tell(`${batch}: ${describeFacts(facts)}; ${describeCompletion(completion)}`);
  }
  await stage.advanceTo(startMs + 2 * HOUR_MS);
}

/** Workers report who is injured as skipped; what a killed one had in hand is never reported. */
function reportsOf(players: readonly string[], { injured, lost }: BatchFacts): readonly Report[] {
  return players.slice(0, players.length - lost).map((player, index) => ({
    player,
    result: index < injured ? { state: "skipped", reason: "player_injury_out" } : { state: "predicted" },
  }));
}

/** Returns what the coordinator decided last. */
async function work(coordinator: Coordinator, batch: string, reports: readonly Report[]): Promise<Completion | undefined> {
  let completion: Completion | undefined;
  for (let sent = 0; sent < reports.length; sent += REPORTED_AT_ONCE)
    completion = await coordinator.takeIn(batch, reports.slice(sent, sent + REPORTED_AT_ONCE));
  return completion;
}

function describeFacts({ players, injured, lost }: BatchFacts): string {
  const killed = lost === 0 ? "" : `, ${lost} lost with a worker that was killed`;
  return `${players - injured - lost} of ${players} predicted, ${injured} injured${killed}`;
}
