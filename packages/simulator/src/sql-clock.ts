/** DuckDB's present moment, which is the machine's, told as that of the story: macros of its functions' names stand before them. */

import type { DuckDBConnection } from "@duckdb/node-api";

export type SqlClock = {
  /** Tells the time to a statement that asks for it. */
  tell(sql: string): Promise<void>;
  /** Whether a statement says another thing at another time. */
  isAsked(sql: string): boolean;
};

const ASKED = /current_|local_?time|transaction_timestamp|\b(?:now|today|age)\s*\(/i;
const INSTANTS = ["now", "current_timestamp", "get_current_timestamp", "transaction_timestamp"];
const TIMES = ["localtimestamp", "current_localtimestamp"];
const DATES = ["current_date", "today"];
/** The words `current_time` and `localtime` mean the second of each pair. */
const ZONED_HOURS = ["current_time", "get_current_time"];
const HOURS = ["localtime", "current_localtime"];

export function sqlClock(connection: DuckDBConnection, now: () => number): SqlClock {
  let toldMs = Number.NaN;
  const isAsked = (sql: string): boolean => ASKED.test(sql);
  return {
    isAsked,
    async tell(sql) {
      if (!isAsked(sql) || toldMs === now()) return;
      toldMs = now();
      for (const macro of macrosAt(toldMs)) await connection.run(`CREATE OR REPLACE TEMP MACRO ${macro}`);
    },
  };
}

function macrosAt(atMs: number): readonly string[] {
  const at = new Date(atMs).toISOString().slice(0, -1).replace("T", " ");
  const [instant, time] = [`TIMESTAMPTZ '${at}+00'`, `TIMESTAMP '${at}'`];
  const each = (names: readonly string[], value: string): readonly string[] => names.map((name) => `"${name}"() AS ${value}`);
  return [
    ...each(INSTANTS, instant),
    ...each(TIMES, time),
    ...each(DATES, `CAST(${time} AS DATE)`),
    ...each(ZONED_HOURS, `CAST(${instant} AS TIMETZ)`),
    ...each(HOURS, `CAST(${time} AS TIME)`),
    `age(since) AS system.main.age(CAST(CAST(${time} AS DATE) AS TIMESTAMP), since), (until, since) AS system.main.age(until, since)`,
  ];
}
