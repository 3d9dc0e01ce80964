import { expect, test } from "vitest";
import { digestBetween, keysBetween, ownStatements, partitionsOf } from "./statements.ts";
import type { Dialect } from "@kintsugi/ports/warehouse";

const hour = { fromMs: Date.parse("2026-02-05T20:00:00Z"), untilMs: Date.parse("2026-02-05T21:00:00Z") };
const bound = (column: string): string =>
  `WHERE ${column} >= TIMESTAMP '2026-02-03 20:00:00.000+00:00' AND ${column} < TIMESTAMP '2026-02-06 21:00:00.000+00:00'`;

test.for<[dialect: Dialect, heals: string, others: string]>([
  ["duckdb", "FROM kintsugi.healing_events", "FROM kintsugi.events"],
  ["bigquery", "FROM `kintsugi.healing_events`", "FROM `kintsugi.events`"],
])(
  "in %s a closed hour is looked for in a few days of partitions, between literals, in the tables themselves",
  ([dialect, heals, others]) => {
    for (const statement of [keysBetween, digestBetween]) {
      const sql = statement({ dialect, dataset: "kintsugi" }, hour);
      expect(sql).toContain(`${heals} ${bound("timestamp")}`);
      expect(sql).toContain(`${others} ${bound("time")}`);
      expect(sql).not.toMatch(/_unique|CURRENT_|now\(/i);
    }
  },
);

test("the partitions of a period reach two days back, for what comes late, and a day ahead, as far as a clock may be", () => {
  expect(partitionsOf(hour)).toEqual({ fromMs: Date.parse("2026-02-03T20:00:00Z"), untilMs: Date.parse("2026-02-06T21:00:00Z") });
});

test("the views without repeats can be read by partition: the window is divided by that column too", () => {
  const views = ownStatements({ dialect: "bigquery", dataset: "kintsugi" }, hour.untilMs).filter(({ name }) =>
    name.startsWith("kintsugi.view."),
  );
  expect(views.map(({ sql }) => /PARTITION BY (.*?) ORDER/.exec(sql)?.[1])).toEqual(["event_key, timestamp", "event_key, time"]);
});
