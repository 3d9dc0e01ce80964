/** The status of an installation, for people: within 80 columns. Pure. */

import type { FunctionStatus, IncidentStatus, Status } from "@kintsugi/local/status";
import { nameSome } from "@kintsugi/events/name-some";
import { quoted } from "@kintsugi/events/printable";
import { fitLine, table } from "./table.ts";

/** So many bad days are named; all of them stand in the JSON. */
const MAX_DAYS = 5;

export function describeStatus(status: Status): string {
  const { functions, incidents, holes, dead_letters, pending } = status;
  const waiting = Object.entries(pending).map(([name, count]) => `${name} ${count}`);
  const sections = [
    describeFunctions(functions),
    incidents.length === 0 ? "no open incidents" : describeIncidents(incidents),
    ...(holes.length === 0
      ? []
      : [
          table(
            ["given up", "what", "of"],
            holes.map(({ key, day, what }) => [day, what, key]),
          ),
        ]),
    ...describeWarnings(status.warnings ?? []),
    [...describeMode(status), `waiting: ${waiting.length === 0 ? "nothing" : waiting.join(", ")}; dead letters: ${dead_letters}`].join(
      "\n",
    ),
  ];
  return sections.join("\n\n");
}

function describeFunctions(functions: readonly FunctionStatus[]): string {
  return table(
    ["function", "last run", "last success", "verdict"],
    functions.map(({ name, last_run, last_success, verdict, silent }) => [
      name,
      time(last_run),
      time(last_success),
      silent ? "SILENT" : (verdict ?? "-"),
    ]),
  );
}

function describeIncidents(incidents: readonly IncidentStatus[]): string {
  const rows = incidents.map(({ severity, opened, key }) => [severity, time(opened), key]);
  const [head = "", ...lines] = table(["severity", "since", "incident"], rows).split("\n");
  return [head, ...lines.flatMap((line, index) => [line, ...notesOf(incidents[index]!)])].join("\n");
}

function notesOf({ title, root, days, flapping, said, ...incident }: IncidentStatus): readonly string[] {
  const reason = said === null || said === "" ? "" : `: ${quoted(said)}`;
  const until = incident.silenced_until === null ? "" : ` until ${time(incident.silenced_until)}`;
  const isQuiet = incident.silenced_by !== null;
  const notes = [
    title,
    ...(root === null ? [] : [`because of ${root}`]),
    ...daysOf(days),
    ...(incident.acknowledged_by === null ? [] : [`acknowledged by ${incident.acknowledged_by}${isQuiet ? "" : reason}`]),
    ...(isQuiet ? [`silenced by ${incident.silenced_by}${until}${reason}`] : []),
    ...(flapping ? ["flapping: it opens and resolves again and again"] : []),
  ];
  return notes.map((note) => fitLine(`  ${note}`));
}

function daysOf(days: IncidentStatus["days"]): readonly string[] {
  const newest = days.at(-1);
  if (newest === undefined) return [];
  const others = days.slice(0, -1).map(({ day }) => day);
  return [`bad day ${newest.day}: ${newest.what}`, ...(others.length === 0 ? [] : [`bad before: ${nameSome(others, MAX_DAYS)}`])];
}

function describeWarnings(warnings: NonNullable<Status["warnings"]>): readonly string[] {
  if (warnings.length === 0) return [];
  return [
    table(
      ["warning", "what"],
      warnings.map(({ check, metric, what }) => [`${check}.${metric}`, what]),
    ),
  ];
}

function describeMode({ mode, pauses }: Pick<Status, "mode" | "pauses">): readonly string[] {
  const by = (word: { readonly actor: string | null; readonly reason: string | null; readonly until: string | null }): string =>
    `${word.until === null ? "" : ` until ${time(word.until)}`} (${word.actor ?? "unknown"}: ${word.reason ?? ""})`;
  return [
    ...(mode.mode === "normal" ? [] : [fitLine(`mode: ${mode.mode}${by(mode)}`)]),
    ...pauses.map((pause) => fitLine(`paused: ${pause.healer}${by(pause)}`)),
  ];
}

function time(text: string | null): string {
  return text === null ? "never" : `${text.slice(0, 10)} ${text.slice(11, 16)}Z`;
}
