import { openSqlite } from "@kintsugi/local/sqlite-database";
import { sqliteDocuments } from "@kintsugi/local/sqlite-documents";
import { expect, test } from "vitest";
import { BATCHES, createCoordinator, registeredReasons, type Report } from "./coordinator.ts";

const predicted = (player: string): Report => ({ player, result: { state: "predicted" } });
const injured = (player: string): Report => ({ player, result: { state: "skipped", reason: "player_injury_out" } });
const opened = Date.parse("2025-03-12T20:00:00Z");
const MINUTE_MS = 60_000;

async function openBatch(...permanent: string[]) {
  let nowMs = opened;
  const documents = sqliteDocuments(openSqlite(":memory:"), { insert: () => [] });
  const coordinator = createCoordinator({ documents, now: () => nowMs, permanent });
  await coordinator.open("b", "2025-03-12", ["a", "b", "c"]);
  return {
    documents,
    stored: async () => (await documents.get(BATCHES, "b"))?.data,
    async takeIn(...reports: Report[]) {
      nowMs += MINUTE_MS;
      return await coordinator.takeIn("b", reports);
    },
  };
}

test("a batch that nobody has worked on is stored as open", async () => {
  const { stored } = await openBatch();
  expect(await stored()).toMatchObject({
    game_date: "2025-03-12",
    expected_players: 3,
    completed_players: 0,
    skipped_players: {},
    is_complete: false,
    created_at: "2025-03-12T20:00:00.000Z",
    updated_at: "2025-03-12T20:00:00.000Z",
  });
});

test("the last report closes the batch, and the counts are those that the healer reads", async () => {
  const { takeIn, stored } = await openBatch("player_injury_out");
  expect(await takeIn(predicted("a"), injured("b"))).toEqual({ action: "wait", reason: "not-reported", players: 1 });
  expect(await stored()).toMatchObject({ is_complete: false, completed_players: 1, skipped_players: { player_injury_out: 1 } });
  expect(await takeIn(predicted("c"))).toEqual({ action: "close", reason: "all-settled" });
  expect(await stored()).toMatchObject({ is_complete: true, completed_players: 2, updated_at: "2025-03-12T20:02:00.000Z" });
});

test("a player skipped for a reason that is not registered keeps the batch open until predicted after all", async () => {
  const { takeIn, stored } = await openBatch();
  expect(await takeIn(predicted("a"), injured("b"), predicted("c"))).toMatchObject({ action: "wait", reason: "may-come-back" });
  expect(await stored()).toMatchObject({ is_complete: false });
  expect(await takeIn(predicted("b"))).toMatchObject({ action: "close" });
  expect(await stored()).toMatchObject({ is_complete: true, completed_players: 3, skipped_players: {} });
});

test("a report that comes twice, or of a stranger, changes no count", async () => {
  const { takeIn, stored } = await openBatch();
  await takeIn(predicted("a"));
  await takeIn(predicted("a"), predicted("x"));
  expect(await stored()).toMatchObject({ expected_players: 3, completed_players: 1 });
});

test("a late report to a batch that the healer has closed is taken in and leaves it closed", async () => {
  const { documents, takeIn, stored } = await openBatch();
  const closed = { op: "merge", collection: BATCHES, id: "b", data: { is_complete: true, auto_completed: true } } as const;
  await documents.commit({ writes: [closed], publish: [], outbox: "healer" });
  await takeIn(predicted("a"));
  expect(await stored()).toMatchObject({ is_complete: true, auto_completed: true, completed_players: 1 });
});

test("a batch that nobody has opened takes in nothing", async () => {
  const documents = sqliteDocuments(openSqlite(":memory:"), { insert: () => [] });
  const coordinator = createCoordinator({ documents, now: () => opened, permanent: [] });
  await expect(coordinator.takeIn("b", [])).rejects.toThrow("there is no batch b");
});

test("without a healer of its batches no reason is registered", () => {
  expect(registeredReasons({ healers: [] })).toEqual([]);
});
