import { Failure } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import fc from "fast-check";
import { expect, test } from "vitest";
import { appendRows } from "./append-rows.ts";
import type { Row } from "./rows.ts";

const row = (name: string, table = "events"): Row => ({ table, row: { event_key: name } });
const isBad = ({ event_key: key }: JsonObject): boolean => String(key).startsWith("bad");

/** Takes all or nothing, as a request does. */
function strictTables() {
  const taken: string[] = [];
  let requests = 0;
  return {
    taken,
    requests: () => requests,
    async append(_table: string, rows: readonly JsonObject[]) {
      requests++;
      const bad = rows.find(isBad);
      if (bad !== undefined) throw new Failure("permanent", `no such field in ${String(bad["event_key"])}`);
      taken.push(...rows.map((each) => String(each["event_key"])));
    },
  };
}

test("each bad row is named with its reason, and every good one is appended once, whatever stands where", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.boolean(), fc.constantFrom("events", "healing_events")), { maxLength: 40 }), async (drawn) => {
      const rows = drawn.map(([good, table], index) => row(`${good ? "good" : "bad"}-${index}`, table));
      const tables = strictTables();
      const refused = await appendRows(tables, rows);
      const names = (given: readonly Row[]): readonly string[] => given.map((each) => String(each.row["event_key"])).sort();
      expect(names(refused.map((each) => each.row))).toEqual(names(rows.filter((each) => isBad(each.row))));
      expect([...tables.taken].sort()).toEqual(names(rows.filter((each) => !isBad(each.row))));
    }),
  );
});

test("one bad row among 500 is found in 19 requests", async () => {
  const tables = strictTables();
  const rows = Array.from({ length: 500 }, (_, index) => row(index === 321 ? "bad" : `good-${index}`));
  expect(await appendRows(tables, rows)).toEqual([{ row: rows[321], reason: "no such field in bad" }]);
  expect(tables.taken).toHaveLength(499);
  expect(tables.requests()).toBeLessThanOrEqual(19);
});

test.for<[failure: "transient" | "wait-until" | "needs-human"]>([["transient"], ["wait-until"], ["needs-human"]])(
  "a %s failure is the fault of no row: it is passed on at once",
  async ([failure]) => {
    let requests = 0;
    const append = async (): Promise<void> => {
      requests++;
      throw new Failure(failure, "away");
    };
    await expect(appendRows({ append }, [row("a"), row("b")])).rejects.toMatchObject({ failure });
    expect(requests).toBe(1);
  },
);

test("nothing to append is no request", async () => {
  const tables = strictTables();
  expect(await appendRows(tables, [])).toEqual([]);
  expect(tables.requests()).toBe(0);
});
