/** Every statement that a configuration would send to the warehouse, for `kintsugi sql`. */

import type { Config } from "@kintsugi/config/model";
import type { Dialect } from "@kintsugi/ports/warehouse";
import { dayBefore } from "./business-day.ts";
import { compileCalendar } from "./calendar.ts";
import { compileTable } from "./compile.ts";

export type Statement = { readonly name: string; readonly sql: string; readonly parameters: Readonly<Record<string, string>> };

/** Stands in for the entities that a day's calendar lists. */
const SAMPLE_ENTITIES = ["0000000001"];

export function listStatements(config: Config, dialect: Dialect, nowMs: number): readonly Statement[] {
  const { calendar, phases, timezone } = config;
  const statements: Statement[] = [];
  if (calendar !== undefined)
    statements.push({ name: "calendar", sql: compileCalendar(dialect, calendar, dayBefore(nowMs, timezone, 1)), parameters: {} });
  for (const check of phases.flatMap((phase) => phase.checks)) {
    const name = `canary:${check.phase}.${check.name}`;
    if (check.kind === "sql") {
      statements.push({ name, sql: check.sql, parameters: {} });
      continue;
    }
    const day = check.on === "any" || check.day === undefined ? undefined : dayBefore(nowMs, timezone, check.on.daysAgo);
    const entities = check.entity === undefined || calendar === undefined ? undefined : SAMPLE_ENTITIES;
    statements.push({ name, sql: compileTable(dialect, { check, metrics: check.metrics, day, entities, nowMs }), parameters: {} });
  }
  for (const healer of config.healers) {
    if (healer.verify.sql !== undefined)
      statements.push({ name: `verify:${healer.name}`, sql: healer.verify.sql, parameters: { target: "STRING" } });
  }
  return statements;
}
