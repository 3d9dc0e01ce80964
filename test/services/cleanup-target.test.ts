/** What of a batch's id reaches the statement that proves a heal. */

import { cleanup } from "@kintsugi/cleanup/function";
import { sqlParts } from "@kintsugi/config/sql-parts";
import type { Dependencies } from "@kintsugi/function-kit/declaration";
import { performRun } from "@kintsugi/function-kit/perform-run";
import { expect, test } from "vitest";
import { configOf, openDocuments } from "../support/service-stage.ts";

const text = `healers:
  tidy:
    batches: batches
    verify: { sql: "select count(*) > 0 /* of '@target', it's */ from p where id = @target -- @target" }
`;
const at = (time: string): number => Date.parse(`2026-02-05T${time}:00Z`);

test.for([["b'; DROP TABLE p; --"], ["*/ OR true --"], ["@target"], ["plain"]])(
  "an id stays one text of the statement, and its comments stay as they are: %j",
  async ([id]) => {
    const { documents, bus, set, close } = openDocuments();
    const asked: string[] = [];
    let nowMs = at("20:00");
    const dependencies = {
      config: configOf(text),
      documents,
      bus,
      warehouse: { dialect: "duckdb", query: async (sql: string) => (asked.push(sql), { rows: [{ proved: true }], bytes: 0 }) },
      clock: { now: () => nowMs },
    } as unknown as Dependencies;
    const times = { created_at: "2026-02-05T19:00:00Z", updated_at: "2026-02-05T19:30:00Z" };
    await set("batches", id!, { expected: 10, completed: 10, is_complete: false, ...times });
    for (const time of ["20:00", "20:15"]) {
      nowMs = at(time);
      await performRun(cleanup, dependencies, () => {})({ dueMs: nowMs });
    }
    close();
    expect(asked).toHaveLength(1);
    const parts = sqlParts("duckdb", asked[0]!);
    expect(parts.filter(({ kind }) => kind === "quoted").map((part) => part.text)).toEqual([`'${id!.replaceAll("'", "''")}'`]);
    expect(parts.filter(({ kind }) => kind === "comment").map((part) => part.text)).toEqual(["/* of '@target', it's */", "-- @target"]);
  },
);
