/** What every warehouse must do. */

import { Failure } from "@kintsugi/ports/failure";
import type { Warehouse } from "@kintsugi/ports/warehouse";
import { beforeAll, describe, expect, test } from "vitest";

export type OpenedWarehouse = {
  /** Has `shop.orders (id INT64, price FLOAT64, note STRING, paid BOOL, day DATE, placed TIMESTAMP)` with `orders` in it. */
  readonly warehouse: Warehouse;
  /** Takes the warehouse away. */
  goAway(): Promise<void>;
};

/** Rows of the table, as a VALUES list that both dialects read. */
export const orders =
  "(1, 9.5, 'it''s ü', true, DATE '2026-02-05', TIMESTAMP '2026-02-05 20:00:00.123+00:00'), (2, NULL, NULL, false, DATE '2026-02-06', TIMESTAMP '2026-02-05 20:00:01+00:00')";

export function warehouseContract(name: string, open: () => Promise<OpenedWarehouse>): void {
  describe(`warehouse: ${name}`, () => {
    let opened: OpenedWarehouse;
    beforeAll(async () => {
      opened = await open();
    });
    const failureOf = async (sql: string): Promise<Pick<Failure, "failure" | "about"> | undefined> => {
      const result = await opened.warehouse.query(sql).catch((error: unknown) => error);
      return result instanceof Failure ? { failure: result.failure, about: result.about } : undefined;
    };

    test("values come as JSON: numbers as numbers, times as RFC 3339 in UTC, dates as days", async () => {
      const { rows } = await opened.warehouse.query("SELECT id, price, note, paid, day, placed FROM shop.orders ORDER BY id");
      expect(rows).toEqual([
        { id: 1, price: 9.5, note: "it's ü", paid: true, day: "2026-02-05", placed: "2026-02-05T20:00:00.123Z" },
        { id: 2, price: null, note: null, paid: false, day: "2026-02-06", placed: "2026-02-05T20:00:01.000Z" },
      ]);
    });

    test("a table's columns are told with their types, in its order", async () => {
      expect(await opened.warehouse.columns("shop.orders")).toEqual([
        { name: "id", type: "integer" },
        { name: "price", type: "float" },
        { name: "note", type: "text" },
        { name: "paid", type: "boolean" },
        { name: "day", type: "date" },
        { name: "placed", type: "instant" },
      ]);
      await expect(opened.warehouse.columns("shop.nothing")).rejects.toMatchObject({ failure: "permanent" });
    });

    test("a number that JSON would round is its text, and its type says that it is a number", async () => {
      const sql =
        "SELECT CAST('1234567890123456.78' AS NUMERIC) AS exact, CAST('0.25' AS NUMERIC) AS quarter, CAST(9007199254740993 AS INT64) AS big, 'x' AS word";
      const { rows, types } = await opened.warehouse.query(
        sql.replaceAll(/NUMERIC/g, opened.warehouse.dialect === "duckdb" ? "DECIMAL(38, 2)" : "NUMERIC"),
      );
      expect(rows).toEqual([{ exact: "1234567890123456.78", quarter: 0.25, big: "9007199254740993", word: "x" }]);
      expect(types).toEqual({ exact: "decimal", quarter: "decimal", big: "integer", word: "text" });
    });

    test("aggregates are numbers, over no rows too", async () => {
      const { rows } = await opened.warehouse.query(
        "SELECT count(*) AS n, sum(id) AS s, avg(price) AS a, count(CASE WHEN note IS NULL THEN 1 END) * 1.0 / nullif(count(*), 0) AS r, max(price) AS none FROM shop.orders WHERE id > 1",
      );
      expect(rows).toEqual([{ n: 1, s: 2, a: null, r: 1, none: null }]);
    });

    test.for([
      ["a syntax error", "SELEC 1"],
      ["a table that is not there", "SELECT 1 FROM shop.nothing"],
      ["a column that is not there", "SELECT nothing FROM shop.orders"],
    ])("%s is a permanent failure, and none of the warehouse: it was reached", async ([, sql]) => {
      expect(await failureOf(sql!)).toEqual({ failure: "permanent", about: undefined });
    });

    test("a warehouse that is away is a transient failure of the warehouse", async () => {
      await opened.goAway();
      const away = { failure: "transient", about: "warehouse" };
      await expect.poll(() => failureOf("SELECT count(*) FROM shop.orders"), { timeout: 10_000 }).toEqual(away);
    });
  });
}
