/** Finds what has the right form and still cannot work, such as a rule that never fails. */

import type { Report } from "./problem.ts";
import type { ValidSubset } from "./valid-subset.ts";
import { isQuoted } from "./sql-parts.ts";
import { dialectOf } from "./statement-dialect.ts";
import { durationMs } from "./units.ts";
import { verifyChannels } from "./verify-channels.ts";
import { verifyChecks } from "./verify-checks.ts";
import { verifyPatternConditions } from "./verify-conditions.ts";
import { verifyGates, verifyPhases } from "./verify-phases.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The collections of the system's own memory begin so. */
const OWN = "kintsugi_";

export function verify(form: ValidSubset, report: Report): void {
  verifyTimezone(form, report);
  if (form.calendar?.due_after !== undefined && form.calendar.starts === undefined)
    report(["calendar", "due_after"], "`due_after` needs `starts`, the column that says when an entity starts", {
      needs: [["calendar", "starts"]],
    });
  verifyPhases(form, report);
  verifyChecks(form, report);
  verifyGates(form, report);
  verifyDrift(form, report);
  verifyHealers(form, report);
  verifyPatterns(form, report);
  verifySchedules(form, report);
  verifyChannels(form, report);
}

function verifyTimezone({ timezone }: ValidSubset, report: Report): void {
  if (timezone === undefined) return;
  try {
    Intl.DateTimeFormat("en", { timeZone: timezone });
  } catch {
    report(["timezone"], (text) => `${text} is no time zone such as America/New_York or UTC`, {
      among: ["UTC", ...Intl.supportedValuesOf("timeZone")],
    });
  }
}

function verifyDrift({ drift }: ValidSubset, report: Report): void {
  const needs = (key: string, ...names: readonly string[]) => names.map((name) => ["drift", key, name]);
  if (drift?.history !== undefined && drift.history.git === undefined)
    report(["drift", "history"], "`git`, the path of a repository, is missing", { needs: needs("history", "git", "github") });
  if (drift?.deployments !== undefined && drift.deployments.file === undefined)
    report(["drift", "deployments"], "`file`, the deployments file, is missing", { needs: needs("deployments", "file", "cloud_run") });
}

function verifyHealers(form: ValidSubset, report: Report): void {
  const owners = new Map<string, string>();
  for (const [name, healer] of Object.entries(form.healers ?? {})) {
    const path = ["healers", name];
    const { batches = "" } = healer;
    const owner = owners.get(batches);
    if (owner === undefined && batches !== "") owners.set(batches, name);
    else if (owner !== undefined)
      report([...path, "batches"], (text) => `${owner} heals ${text} already: two healers on one collection would race`);
    if (batches.startsWith(OWN))
      report([...path, "batches"], (text) => `${text} is Kintsugi's own memory: a healer would change what it rests on`);
    if (isQuoted(dialectOf(form), healer.verify?.sql ?? "", "target"))
      report([...path, "verify", "sql"], "`@target` stands inside quotes, where it is plain text: write it without them");
    for (const [index, reason] of (healer.reasons?.transient ?? []).entries())
      if (healer.reasons?.permanent?.includes(reason) === true)
        report([...path, "reasons", "transient", index], (text) => `${text} cannot be both permanent and transient`);
  }
}

function verifyPatterns({ patterns }: ValidSubset, report: Report): void {
  for (const [name, pattern] of Object.entries(patterns ?? {})) {
    const path = ["patterns", name];
    const needsRate = [[...path, "failure_rate"]];
    if (pattern.count !== undefined && pattern.failure_rate !== undefined)
      report(path, "a pattern has either `count` or `failure_rate`, not both");
    if (pattern.count === undefined && pattern.failure_rate === undefined)
      report(path, "a pattern has either `count` or `failure_rate`", { needs: [[...path, "count"], ...needsRate] });
    for (const key of ["min_events", "confidence"] as const)
      if (pattern[key] !== undefined && pattern.failure_rate === undefined)
        report([...path, key], (text) => `${key} belongs to \`failure_rate\` (here: ${text})`, { needs: needsRate });
    verifyPatternConditions(pattern, path, report);
  }
}

function verifySchedules({ schedules }: ValidSubset, report: Report): void {
  for (const [name, period] of Object.entries(schedules ?? {})) {
    const ms = period === undefined ? HOUR_MS : durationMs(period);
    const isAligned = ms >= 1_000 && (ms <= HOUR_MS ? HOUR_MS % ms === 0 : ms % HOUR_MS === 0 && DAY_MS % ms === 0);
    if (!isAligned) report(["schedules", name], (text) => `${text} is neither a whole part of an hour nor whole hours that divide a day`);
  }
}
