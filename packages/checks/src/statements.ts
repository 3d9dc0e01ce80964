/** Every statement that a configuration would send to the warehouse, for `kintsugi sql`. */

import { subjectKey } from "@kintsugi/events/subject";
import type { Check, Config, TableCheck } from "@kintsugi/config/model";
import type { Dialect } from "@kintsugi/ports/warehouse";
import { statementOf, statementOfDays } from "./ask-sql.ts";
import { dayBefore } from "./business-day.ts";
import { compileCalendar, compileCalendarEnd, compileListed } from "./calendar.ts";
import { compileTable, type DayRows, type TableQuestion } from "./compile.ts";
import { historiesOf } from "./history.ts";
import { earlierDays } from "./table-groups.ts";

export type Statement = { readonly name: string; readonly sql: string; readonly parameters: Readonly<Record<string, string>> };

export function listStatements(config: Config, dialect: Dialect, nowMs: number): readonly Statement[] {
  const checks = config.phases.flatMap((phase) => phase.checks);
  return [
    ...calendarStatements(config, dialect, nowMs),
    ...checks.flatMap((check) => checkStatements({ config, dialect, nowMs }, check)),
    ...gateStatements({ config, dialect, nowMs }),
    ...config.healers.flatMap(({ name, verify: { sql } }) =>
      sql === undefined ? [] : [{ name: `verify:${name}`, sql, parameters: { target: "STRING" } }],
    ),
  ];
}

function calendarStatements({ calendar, timezone }: Config, dialect: Dialect, nowMs: number): readonly Statement[] {
  if (calendar === undefined) return [];
  const days = [dayBefore(nowMs, timezone, 1)];
  const listing = compileCalendar(dialect, { calendar, timezone, days, types: undefined });
  const end = calendar.ends === "unknown" ? [plain("calendar:end", compileCalendarEnd(dialect, calendar))] : [];
  return [plain("calendar", listing), ...end];
}

function plain(name: string, sql: string): Statement {
  return { name, sql, parameters: {} };
}

function dayOf({ timezone }: Config, { on }: Check, nowMs: number): string | undefined {
  return on === "any" ? undefined : dayBefore(nowMs, timezone, on.daysAgo);
}

type Asked = { readonly config: Config; readonly dialect: Dialect; readonly nowMs: number };

/** At run time the ids of due entities stand in the statement; here the calendar is asked for them, so that people can run it. */
function questionOf({ config, dialect }: Asked, check: TableCheck, days: readonly string[]): TableQuestion {
  const { calendar, timezone } = config;
  const listed = (day: string): DayRows["entities"] =>
    check.entity === undefined || calendar === undefined
      ? undefined
      : { keysBy: compileListed(dialect, { calendar, timezone, types: undefined }, day) };
  const rows = check.day === undefined || days.length === 0 ? undefined : days.map((day) => ({ day, entities: listed(day) }));
  return { check, metrics: check.metrics, days: rows, timezone: config.timezone, types: undefined };
}

function checkStatements(asked: Asked, check: Check): readonly Statement[] {
  const { config, dialect, nowMs } = asked;
  const name = subjectKey({ kind: "check", phase: check.phase, check: check.name });
  const day = dayOf(config, check, nowMs);
  const own = day === undefined ? [] : [day];
  const days = [...new Set(earlierDays({ check, day }))].sort();
  const sqlOf = (ofDays: readonly string[], metrics: TableCheck["metrics"]): string => {
    if (check.kind === "table") return compileTable(dialect, { ...questionOf(asked, check, ofDays), metrics });
    return ofDays.length > 1 ? statementOfDays(check, ofDays) : statementOf(check, ofDays[0]);
  };
  const compared = check.metrics.filter((metric) => historiesOf(metric).length > 0);
  const earlier = days.length === 0 ? [] : [plain(`${name}:earlier`, sqlOf(days, compared))];
  return [plain(name, sqlOf(own, check.metrics)), ...earlier];
}

function gateStatements(asked: Asked): readonly Statement[] {
  const { config, dialect, nowMs } = asked;
  const checks = config.phases.flatMap((phase) => phase.checks);
  return config.gates.flatMap((gate) =>
    checks.flatMap((check) => {
      const name = `${check.phase}.${check.name}`;
      if (check.kind === "sql" || !gate.checks.includes(name)) return [];
      const day = dayOf(config, check, nowMs);
      const question = questionOf(asked, check, day === undefined ? [] : [day]);
      const sql = compileTable(dialect, { ...question, namesEntities: true });
      // Where the canary groups by entity too, a gate asks the same.
      if (sql === compileTable(dialect, question)) return [];
      return [plain(`${subjectKey({ kind: "gate", gate: gate.name })}:${name}`, sql)];
    }),
  );
}
