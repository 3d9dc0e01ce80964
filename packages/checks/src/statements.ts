/** Every statement that a configuration would send to the warehouse, for `kintsugi sql`. */

import { subjectKey } from "@kintsugi/events/subject";
import type { Check, Config, TableCheck } from "@kintsugi/config/model";
import type { Dialect } from "@kintsugi/ports/warehouse";
import { statementOf } from "./ask-sql.ts";
import { dayBefore } from "./business-day.ts";
import { compileCalendar, compileCalendarEnd } from "./calendar.ts";
import { compileTable, type TableQuestion } from "./compile.ts";

export type Statement = { readonly name: string; readonly sql: string; readonly parameters: Readonly<Record<string, string>> };

/** Stands in for the entities that a day's calendar lists. */
const SAMPLE_ENTITIES = ["0000000001"];

export function listStatements(config: Config, dialect: Dialect, nowMs: number): readonly Statement[] {
  const { calendar, phases, timezone } = config;
  const statements: Statement[] = [];
  if (calendar !== undefined)
    statements.push({ name: "calendar", sql: compileCalendar(dialect, calendar, dayBefore(nowMs, timezone, 1)), parameters: {} });
  if (calendar?.ends === "unknown") statements.push({ name: "calendar:end", sql: compileCalendarEnd(dialect, calendar), parameters: {} });
  const dayOf = ({ on }: Check): string | undefined => (on === "any" ? undefined : dayBefore(nowMs, timezone, on.daysAgo));
  const questionOf = (check: TableCheck): TableQuestion => {
    const day = check.day === undefined ? undefined : dayOf(check);
    const entities = check.entity === undefined || calendar === undefined ? undefined : SAMPLE_ENTITIES;
    return { check, metrics: check.metrics, day, entities, nowMs };
  };
  const checks = phases.flatMap((phase) => phase.checks);
  for (const check of checks) {
    const sql = check.kind === "sql" ? statementOf(check, dayOf(check)) : compileTable(dialect, questionOf(check));
    statements.push({ name: subjectKey({ kind: "check", phase: check.phase, check: check.name }), sql, parameters: {} });
  }
  for (const gate of config.gates) {
    for (const check of checks) {
      const name = `${check.phase}.${check.name}`;
      if (check.kind === "sql" || !gate.checks.includes(name)) continue;
      const question = questionOf(check);
      const sql = compileTable(dialect, { ...question, namesEntities: true });
      // Where the canary groups by entity too, a gate asks the same.
      if (sql !== compileTable(dialect, question))
        statements.push({ name: `${subjectKey({ kind: "gate", gate: gate.name })}:${name}`, sql, parameters: {} });
    }
  }
  for (const healer of config.healers) {
    if (healer.verify.sql !== undefined)
      statements.push({ name: `verify:${healer.name}`, sql: healer.verify.sql, parameters: { target: "STRING" } });
  }
  return statements;
}
