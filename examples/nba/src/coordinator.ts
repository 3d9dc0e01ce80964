/** The pipeline's prediction coordinator, in small: opens batches, takes in what workers report, and closes a batch that is finished. */

import type { Config } from "@kintsugi/config/model";
import type { Documents } from "@kintsugi/ports/documents";
import type { JsonObject } from "@kintsugi/ports/json";
import { type Completion, decideCompletion, type PlayerState } from "./decide-completion.ts";

export type Report = { readonly player: string; readonly result: Exclude<PlayerState, { state: "waiting" }> };

export type Coordinator = {
  open(batch: string, gameDate: string, players: readonly string[]): Promise<Completion>;
  /** Reports of players that the batch does not expect are left out. */
  takeIn(batch: string, reports: readonly Report[]): Promise<Completion>;
};

export type CoordinatorDependencies = {
  readonly documents: Pick<Documents, "get" | "commit">;
  readonly now: () => number;
  /** The reasons for which a player is skipped once and for all. */
  readonly permanent: readonly string[];
};

export const BATCHES = "prediction_batches";

type Players = Readonly<Record<string, PlayerState>>;

/** The coordinator has no list of its own: what settles a player stands once, with the healer of the same batches. */
export function registeredReasons({ healers }: Pick<Config, "healers">): readonly string[] {
  return healers.find(({ batches }) => batches === BATCHES)?.reasons.permanent ?? [];
}

export function createCoordinator({ documents, now, permanent }: CoordinatorDependencies): Coordinator {
  const time = (): string => new Date(now()).toISOString();
  return {
    async open(batch, gameDate, players) {
      const waiting: Players = Object.fromEntries(players.map((player) => [player, { state: "waiting" }]));
      const data = { game_date: gameDate, ...fieldsOf(waiting), is_complete: false, created_at: time(), updated_at: time() };
      await documents.commit({ writes: [{ op: "create", collection: BATCHES, id: batch, data }], publish: [], outbox: `${batch}.open` });
      return decideCompletion(Object.values(waiting), permanent);
    },
    async takeIn(batch, reports) {
      const document = await documents.get(BATCHES, batch);
      if (document === undefined) throw new Error(`there is no batch ${batch}`);
      // Nobody else writes this field.
      const before = document.data["players"] as Players;
      const reported = reports.filter(({ player }) => before[player] !== undefined).map(({ player, result }) => [player, result] as const);
      const players: Players = { ...before, ...Object.fromEntries(reported) };
      const completion = decideCompletion(Object.values(players), permanent);
      const data = { ...fieldsOf(players), updated_at: time(), ...(completion.action === "close" ? { is_complete: true } : {}) };
      const write = { op: "merge", collection: BATCHES, id: batch, data, version: document.version } as const;
      await documents.commit({ writes: [write], publish: [], outbox: `${batch}.${document.version}` });
      return completion;
    },
  };
}

/** The players, and the counts that the healer reads. */
function fieldsOf(players: Players): JsonObject {
  const states = Object.values(players);
  const skipped: Record<string, number> = {};
  for (const player of states) if (player.state === "skipped") skipped[player.reason] = (skipped[player.reason] ?? 0) + 1;
  return {
    players,
    expected_players: states.length,
    completed_players: states.filter(({ state }) => state === "predicted").length,
    skipped_players: skipped,
  };
}
