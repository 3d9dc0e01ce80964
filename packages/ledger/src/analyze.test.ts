import { DuckDBInstance } from "@duckdb/node-api";
import { derivedId, eventKey, type Event } from "@kintsugi/events/event";
import type { DataOf } from "@kintsugi/events/catalogue";
import type { Outcome } from "@kintsugi/events/healing";
import { duckdbLedger } from "@kintsugi/local/duckdb-ledger";
import type { LedgerTables } from "@kintsugi/ports/warehouse";
import { beforeAll, expect, test } from "vitest";
import { analyze } from "./analyze.ts";
import { appendRows } from "./append-rows.ts";
import { digestOf } from "./digest.ts";
import { rowOf } from "./rows.ts";
import { digestBetween, keysBetween, localPlace, ownStatements } from "./statements.ts";
import { ledgerTables } from "./tables.ts";
import { why } from "./why.ts";

const hour = 3_600_000;
const start = Date.parse("2026-02-05T00:00:00Z");
const timeOf = (hours: number): string => new Date(start + hours * hour).toISOString();

type Heal = { id: string; at: number; type?: string; outcome?: Outcome; cause?: string; target?: string };

function heal({ id, at, type = "batch_cleanup", outcome = "effective", cause = "player_injury_out", target = `batch_${id}` }: Heal): Event {
  const data: DataOf<"healing.completed"> = {
    healing_id: `heal_${id}`,
    timestamp: timeOf(at),
    healing_type: type,
    trigger_reason: "stalled for 22 minutes",
    action_taken: "closed the batch",
    before_state: { is_complete: false },
    after_state: { is_complete: true },
    success: outcome === "effective",
    metadata: {},
    target,
    cause: { code: cause, parameters: { skipped: 17 } },
    outcome,
    attempt: 1,
    mode: "auto",
    actor: "batch_cleanup",
    hop_count: 0,
    verified_at: timeOf(at),
  };
  return { id, source: "kintsugi/cleanup", type: "healing.completed", time: timeOf(at), data };
}

const run = (id: string, at: number): Event => ({
  id,
  source: "kintsugi/cleanup",
  type: "run.completed",
  subject: "cleanup",
  time: timeOf(at),
  data: { function: "cleanup", due: timeOf(at), started: timeOf(at), verdict: "ok", counts: {}, observations: [], complete: [] },
});

const asked: Event = {
  id: "asked",
  source: "kintsugi/cleanup",
  type: "healing.requested",
  time: timeOf(0.9),
  data: {
    healing_id: "heal_a",
    healing_type: "batch_cleanup",
    target: "batch_a",
    trigger_reason: "stalled for 22 minutes",
    cause: { code: "player_injury_out" },
    attempt: 1,
    mode: "auto",
    actor: "batch_cleanup",
    before_state: {},
  },
};

const events: readonly Event[] = [
  asked,
  heal({ id: "a", at: 1 }),
  heal({ id: "b", at: 2 }),
  heal({ id: "c", at: 3 }),
  heal({ id: "d", at: 4, cause: "members_missing" }),
  heal({ id: "e", at: 5, outcome: "ineffective", cause: "members_missing" }),
  heal({ id: "f", at: 6, outcome: "refused" }),
  heal({ id: "g", at: 7, type: "retry", outcome: "errored", cause: "time's up" }),
  heal({ id: "h", at: 8, type: "retry", outcome: "inconclusive", cause: "time's up" }),
  heal({ id: "late", at: 24, cause: "members_missing" }),
  run("run1", 1),
];

let ledger: LedgerTables;

async function ledgerWith(given: readonly Event[]): Promise<LedgerTables> {
  const instance = await DuckDBInstance.create(":memory:");
  const tables = duckdbLedger(async () => await instance.connect(), ledgerTables);
  await appendRows(
    tables,
    given.map((event) => rowOf(event, Date.parse(event.time))),
  );
  return tables;
}

beforeAll(async () => {
  ledger = await ledgerWith(events);
});

const day = { sinceMs: start, untilMs: start + 24 * hour };

test("repairs are counted by type, and success is the share of acts that were effective", async () => {
  const { total, by_type, since, until } = await analyze(ledger, localPlace, day);
  expect({ total, since, until }).toEqual({ total: 8, since: "2026-02-05T00:00:00.000Z", until: "2026-02-06T00:00:00.000Z" });
  expect(by_type).toEqual([
    { healing_type: "batch_cleanup", events: 6, effective: 4, ineffective: 1, refused: 1, errored: 0, inconclusive: 0, success_rate: 0.8 },
    { healing_type: "retry", events: 2, effective: 0, ineffective: 0, refused: 0, errored: 1, inconclusive: 1, success_rate: 0 },
  ]);
});

test("causes stand by how often they were seen, with their share and when", async () => {
  const { causes } = await analyze(ledger, localPlace, day);
  expect(causes).toEqual([
    { cause: "player_injury_out", count: 4, share: 0.5, first_seen: timeOf(1), last_seen: timeOf(6) },
    { cause: "members_missing", count: 2, share: 0.25, first_seen: timeOf(4), last_seen: timeOf(5) },
    { cause: "time's up", count: 2, share: 0.25, first_seen: timeOf(7), last_seen: timeOf(8) },
  ]);
});

test("a span includes its start and not its end", async () => {
  const from = async (sinceHours: number, untilHours: number): Promise<number> =>
    (await analyze(ledger, localPlace, { sinceMs: start + sinceHours * hour, untilMs: start + untilHours * hour })).total;
  expect(await from(1, 2)).toBe(1);
  expect(await from(1.001, 2)).toBe(0);
  expect(await from(0, 100)).toBe(9);
});

test("the most frequent cause is what to remove first, and its command answers", async () => {
  const { recommendations } = await analyze(ledger, localPlace, day);
  expect(recommendations).toEqual([
    {
      text: "remove the cause player_injury_out first: it stands behind 50 % of the repairs",
      evidence: `4 of 8 repairs, last ${timeOf(6)}`,
      command: "kintsugi why player_injury_out",
    },
  ]);
  expect((await why(ledger, localPlace, { id: "player_injury_out" })).filter(({ type }) => type === "healing.completed")).toHaveLength(4);
});

test("a healer that repairs too little is named, once it has acted often enough", async () => {
  const failing = ["1", "2", "3", "4", "5"].map((id, index) => heal({ id, at: index, outcome: index < 2 ? "ineffective" : "effective" }));
  const { recommendations } = await analyze(await ledgerWith(failing), localPlace, day);
  expect(recommendations.map(({ evidence }) => evidence)).toContain("3 of 5 were effective");
  const few = await analyze(await ledgerWith(failing.slice(0, 4)), localPlace, day);
  expect(few.recommendations).toHaveLength(1);
});

test("no repairs are good news only if anybody was watching", async () => {
  const watched = await analyze(await ledgerWith([run("r", 1)]), localPlace, day);
  expect(watched).toMatchObject({ total: 0, by_type: [], causes: [], recommendations: [] });
  const unwatched = await analyze(await ledgerWith([]), localPlace, day);
  expect(unwatched.recommendations).toMatchObject([{ text: "nothing was recorded at all: that is no recording, not good health" }]);
});

test("a day that was given up stands as a hole, and is to be closed when it is dealt with", async () => {
  const hole = { key: "canary:raw.boxscores", day: "2026-01-28", what: "missing a" };
  const { holes, recommendations } = await analyze(await ledgerWith([run("r", 1)]), localPlace, { ...day, holes: [hole] });
  expect(holes).toEqual([hole]);
  expect(recommendations).toEqual([
    {
      text: "2026-01-28 of canary:raw.boxscores was given up: load it anew, or close it with the reason",
      evidence: "missing a",
      command: 'kintsugi close canary:raw.boxscores --day 2026-01-28 --reason "…"',
    },
  ]);
});

test("an event that comes twice is counted once", async () => {
  const twice = await ledgerWith(events);
  await appendRows(
    twice,
    events.map((event) => rowOf(event, start + 48 * hour)),
  );
  expect((await analyze(twice, localPlace, day)).total).toBe(8);
});

test.for<[id: string, name: string]>([
  ["heal_a", "a repair"],
  ["batch_a", "its target"],
  ["a", "its event"],
])("why %s (%s) tells the whole story, the oldest first", async ([id]) => {
  const story = await why(ledger, localPlace, { id });
  expect(story.map(({ type, id: line }) => [type, line])).toEqual([
    ["healing.requested", "asked"],
    ["healing.completed", "heal_a"],
  ]);
  expect(story[0]!.text).toBe("asked for batch_cleanup on batch_a: stalled for 22 minutes");
  expect(story[1]!.text).toBe(
    [
      "batch_cleanup on batch_a: effective, attempt 1",
      "because stalled for 22 minutes",
      "done: closed the batch",
      'cause: player_injury_out {"skipped":17}',
      'before {"is_complete":false}',
      'after {"is_complete":true}, read at 2026-02-05T01:00:00.000Z',
    ].join("\n"),
  );
});

test("why tells of a target that was told of but never healed, and of an event by the id of its message", async () => {
  const key = "healer:batch_cleanup:batch_t";
  const data = { incident: key, actor: "eve", reason: "" };
  const told: Event = { id: "told", source: "cli", type: "incident.acknowledged", subject: key, time: timeOf(2), data };
  const sent = heal({ id: derivedId("message", "m-17"), at: 3 });
  const kept = await ledgerWith([told, sent]);
  expect((await why(kept, localPlace, { id: "batch_t" })).map(({ type }) => type)).toEqual(["incident.acknowledged"]);
  expect((await why(kept, localPlace, { id: "m-17" })).map(({ type }) => type)).toEqual(["healing.completed"]);
});

test.for([["nobody"], [""], ["heal_a' OR '1'='1"], ["%"]])(
  "why %j tells nothing, since the ledger holds nothing about it",
  async ([id]) => {
    expect(await why(ledger, localPlace, { id: id! })).toEqual([]);
  },
);

test("the warehouse's digest of an hour is the one computed from its keys", async () => {
  const { rows } = await ledger.query(digestBetween(localPlace, { fromMs: start + hour, untilMs: start + 2 * hour }));
  const { count, sum, xor } = digestOf([eventKey(events[1]!), eventKey(run("run1", 1))]);
  expect(rows).toEqual([{ bucket: "2026-02-05T01", count, sum: String(sum), xor: String(xor) }]);
  const keys = await ledger.query(keysBetween(localPlace, { fromMs: start + hour, untilMs: start + 2 * hour }));
  expect(new Set(keys.rows.map((row) => row["event_key"]))).toEqual(new Set([eventKey(events[1]!), eventKey(run("run1", 1))]));
});

test.for(ownStatements(localPlace, start + 9 * hour).map(({ name, sql }) => [name, sql]))(
  "DuckDB runs %s as it is shown",
  async ([, sql]) => {
    await expect(ledger.query(sql!)).resolves.toHaveProperty("rows");
  },
);
