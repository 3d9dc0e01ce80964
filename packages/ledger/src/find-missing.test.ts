import { expect, test } from "vitest";
import { findMissing, type Keyed } from "./find-missing.ts";

const DAY_MS = 86_400_000;
const start = Date.parse("2026-02-05T12:00:00Z");
const place = { dialect: "bigquery", dataset: "kintsugi" } as const;

function wanted(key: string, day: number, table = "events"): Keyed {
  return { key, atMs: start + day * DAY_MS, row: { table, row: {} } };
}

/** A warehouse that holds these keys, and what it was asked. */
function warehouse(...there: readonly string[]) {
  const asked: string[] = [];
  const query = async (sql: string) => {
    asked.push(sql);
    return { rows: there.filter((key) => sql.includes(`"${key}"`)).map((event_key) => ({ event_key })), bytes: 0 };
  };
  return { asked, ledger: { query } };
}

test("what is not there is missing, in each table by its own partitions", async () => {
  const { asked, ledger } = warehouse("a", "c");
  const missing = await findMissing({ ledger, place }, [wanted("a", 0), wanted("b", 1), wanted("c", 0, "healing_events"), wanted("d", 2)]);
  expect(missing.map(({ key }) => key)).toEqual(["b", "d"]);
  expect(asked).toEqual([
    'SELECT DISTINCT event_key FROM `kintsugi.events` WHERE time >= TIMESTAMP \'2026-02-05 12:00:00.000+00:00\' AND time < TIMESTAMP \'2026-02-07 12:00:00.001+00:00\' AND event_key IN ("a", "b", "d")',
    "SELECT DISTINCT event_key FROM `kintsugi.healing_events` WHERE timestamp >= TIMESTAMP '2026-02-05 12:00:00.000+00:00' AND timestamp < TIMESTAMP '2026-02-05 12:00:00.001+00:00' AND event_key IN (\"c\")",
  ]);
});

test.for<[name: string, days: readonly number[], statements: number]>([
  ["nothing is not asked for", [], 0],
  ["a month apart is one look", [0, 31], 1],
  ["further apart is one look each", [0, -400, 32], 3],
  ["five years, a day each, are a month at a time", Array.from({ length: 1_825 }, (_, day) => -day), 58],
  ["500 keys are one look", Array.from({ length: 500 }, () => 0), 1],
  ["501 are two", Array.from({ length: 501 }, () => 0), 2],
])("no look reads more than a month, or asks for more than 500 keys: %s", async ([, days, statements]) => {
  const { asked, ledger } = warehouse();
  const missing = await findMissing(
    { ledger, place },
    days.map((day, index) => wanted(`k${index}`, day)),
  );
  expect(asked).toHaveLength(statements);
  expect(missing).toHaveLength(days.length);
});
