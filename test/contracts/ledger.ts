/** What the ledger's tables must do, wherever they stand. */

import { eventKey, type Event } from "@kintsugi/events/event";
import { appendRows } from "@kintsugi/ledger/append-rows";
import { partitionMs, rowOf, tableOf } from "@kintsugi/ledger/rows";
import {
  digestBetween,
  eventsAbout,
  healingByCause,
  healingById,
  healingByType,
  keysAmong,
  keysBetween,
  type LedgerLocation,
  recordedRuns,
} from "@kintsugi/ledger/statements";
import type { Failure } from "@kintsugi/ports/failure";
import type { LedgerTables } from "@kintsugi/ports/warehouse";
import { beforeAll, describe, expect, test } from "vitest";

const recordedMs = Date.parse("2026-02-05T20:10:00.500Z");
const heal = (index: number, outcome: "effective" | "ineffective"): Event => ({
  id: `h${index}`,
  source: "test",
  type: "healing.completed",
  subject: `batch/${index}`,
  time: `2026-02-05T20:0${index}:00.000Z`,
  data: {
    healing_id: `heal_${index}`,
    timestamp: `2026-02-05T20:0${index}:00.000Z`,
    healing_type: "batch_cleanup",
    trigger_reason: `it's "stalled" ü`,
    action_taken: "closed the batch",
    before_state: { players: [["a", 1]], done: false },
    after_state: { done: true },
    success: outcome === "effective",
    metadata: {},
    target: `batch/${index}`,
    cause: { code: index === 3 ? "unknown" : "player_injured", parameters: { players: index } },
    outcome,
    attempt: 1,
    mode: "auto",
    actor: "batch_cleanup",
    correlation_id: `heal_${index}`,
    hop_count: 0,
    duration_seconds: 900,
    verified_at: `2026-02-05T20:0${index}:00.000Z`,
  },
});
const run = (id = "r1"): Event => ({
  id,
  source: "kintsugi/cleanup",
  type: "run.completed",
  subject: "cleanup",
  time: "2026-02-05T20:00:00.000Z",
  data: {
    function: "cleanup",
    due: "2026-02-05T20:00:00.000Z",
    started: "2026-02-05T20:00:00.000Z",
    verdict: "ok",
    counts: {},
    healers: [],
    observations: [],
    complete: [],
  },
});
const events = [heal(1, "effective"), heal(2, "effective"), heal(3, "ineffective"), run()];

export function ledgerContract(name: string, open: () => Promise<{ ledger: LedgerTables; place: LedgerLocation }>): void {
  describe(`ledger: ${name}`, () => {
    let ledger: LedgerTables;
    let place: LedgerLocation;
    const append = async (...given: readonly Event[]): Promise<unknown> =>
      await appendRows(
        ledger,
        given.map((event) => rowOf(event, recordedMs)),
      );
    const [fromMs, toMs] = [Date.parse("2026-02-05T20:00:00Z"), Date.parse("2026-02-05T21:00:00Z")];
    const hour = { fromMs, untilMs: toMs };
    const query = async (sql: string): Promise<readonly unknown[]> => (await ledger.query(sql)).rows;

    beforeAll(async () => {
      ({ ledger, place } = await open());
      await append(...events);
      await append(...events);
    });

    test("a row that is appended twice is read once", async () => {
      const keys = (await query(keysBetween(place, hour))) as { event_key: string; recorded_at: string }[];
      expect(keys.map(({ event_key }) => event_key).sort()).toEqual(events.map(eventKey).sort());
      expect(keys[0]?.recorded_at).toBe("2026-02-05T20:10:00.500Z");
      expect(await query(keysBetween(place, { fromMs: toMs, untilMs: toMs + 3_600_000 }))).toEqual([]);
    });

    test("the digest of an hour counts, sums and mixes the keys", async () => {
      const hashes = events.map((event) => BigInt(`0x${eventKey(event).slice(0, 15)}`));
      expect(await query(digestBetween(place, hour))).toEqual([
        {
          bucket: "2026-02-05T20",
          count: 4,
          sum: String(hashes.reduce((sum, hash) => sum + hash)),
          xor: String(hashes.reduce((xor, hash) => xor ^ hash)),
        },
      ]);
    });

    test("repairs are counted by type and by cause", async () => {
      expect(await query(healingByType(place, fromMs, toMs))).toEqual([
        { healing_type: "batch_cleanup", events: 3, effective: 2, ineffective: 1, refused: 0, errored: 0, inconclusive: 0 },
      ]);
      expect(await query(healingByCause(place, fromMs, toMs))).toEqual([
        {
          cause: "player_injured",
          count: 2,
          first_seen: "2026-02-05T20:01:00.000Z",
          last_seen: "2026-02-05T20:02:00.000Z",
          healing_type: "batch_cleanup",
        },
        {
          cause: "unknown",
          count: 1,
          first_seen: "2026-02-05T20:03:00.000Z",
          last_seen: "2026-02-05T20:03:00.000Z",
          healing_type: "batch_cleanup",
        },
      ]);
      expect(await query(recordedRuns(place, fromMs, toMs))).toEqual([{ runs: 1 }]);
    });

    test("one repair comes back whole, by its id or its target", async () => {
      const [row] = (await query(healingById(place, "heal_1"))) as Record<string, unknown>[];
      expect(row).toMatchObject({
        target: "batch/1",
        success: true,
        outcome: "effective",
        attempt: 1,
        duration_seconds: 900,
        trigger_reason: `it's "stalled" ü`,
      });
      expect(JSON.parse(String(row?.["before_state"]))).toEqual({ players: [["a", 1]], done: false });
      expect(await query(healingById(place, "batch/2"))).toHaveLength(1);
      expect(await query(healingById(place, "' OR 1=1 --"))).toEqual([]);
      expect(await query(healingById(place, 'x" OR 1=1 --\\'))).toEqual([]);
      expect(await query(eventsAbout(place, "cleanup"))).toMatchObject([{ type: "run.completed", time: "2026-02-05T20:00:00.000Z" }]);
    });

    test("a late event is not found by the hour that took it in, and is found by its key where its time is", async () => {
      const late: Event = { ...run(), id: "late", time: "2025-11-23T12:00:00.000Z" };
      await append(late);
      const keys = (await query(keysBetween(place, hour))) as { event_key: string }[];
      expect(keys.map(({ event_key }) => event_key)).not.toContain(eventKey(late));
      const row = rowOf(late, recordedMs);
      const among = (atMs: number): string =>
        keysAmong(place, tableOf(row), { fromMs: atMs, untilMs: atMs + 1 }, [eventKey(late), eventKey(run()), "'"]);
      expect(await query(among(partitionMs(row)))).toEqual([{ event_key: eventKey(late) }]);
      expect(await query(among(partitionMs(row) - 1))).toEqual([]);
    });

    test("a row that its table refuses for good is a permanent failure, and holds up no other", async () => {
      const good = [run("good-1"), run("good-2"), run("good-3")];
      const bad = { ...run("bad"), time: "not a time" };
      const rows = [good[0]!, good[1]!, bad, good[2]!].map((event) => rowOf(event, recordedMs));
      await expect(
        ledger.append(
          "events",
          rows.map(({ row }) => row),
        ),
      ).rejects.toMatchObject({ failure: "permanent" });
      expect(await appendRows(ledger, rows)).toEqual([{ row: rows[2], reason: expect.stringMatching(/./) as string }]);
      const keys = (await query(keysBetween(place, hour))) as { event_key: string }[];
      expect(keys.map(({ event_key }) => event_key)).toEqual(expect.arrayContaining(good.map(eventKey)));
    });

    test("that a table or a column of it is not there is the fault of no row", async () => {
      await expect(ledger.append("evens", [rowOf(run("x"), recordedMs).row])).rejects.toMatchObject({ failure: "needs-human" });
      const row = { ...rowOf(run("y"), recordedMs).row, nonsense: 1 };
      await expect(
        ledger.append("events", [row]).then(
          () => "taken without it",
          (error: unknown) => (error as Failure).failure,
        ),
      ).resolves.toMatch(/^(?:needs-human|taken without it)$/);
    });

    test("nothing to append is no request", async () => {
      await expect(ledger.append("events", [])).resolves.toBeUndefined();
    });
  });
}
