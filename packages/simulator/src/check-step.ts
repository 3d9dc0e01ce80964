/** What a step must say and must not say: nothing that it says is left out of account. */

import { placeOf } from "@kintsugi/ports/documents";
import { type Action, actionNames, type SlackStep } from "./scenario-form.ts";
import { parseDuration } from "./times.ts";

/** @param key where in the step, if not the step as a whole */
type Report = (message: string, key?: readonly string[]) => void;

/** What says more of an action, and of which. */
const belongsTo = {
  columns: ["table"],
  csv: ["table"],
  rows: ["table"],
  select: ["table"],
  set: ["document"],
  delete: ["document"],
  for: ["skip", "two_instances"],
} as const satisfies Partial<Record<keyof Action, readonly (keyof Action)[]>>;

/** @param mayBeEmpty where it expects something */
export function checkStep(step: Action, report: Report, mayBeEmpty: boolean): void {
  const named = actionNames.filter((name) => step[name] !== undefined);
  if (named.length > 1) report(`one step does one thing; here stand ${named.join(" and ")}`);
  if (named.length === 0 && !mayBeEmpty) report(`a step does something (${actionNames.join(", ")}) or expects something`);
  checkDetails(step, report);
  checkDurations(step, report);
  if (step.document !== undefined && placeOf(step.document) === undefined) report(`document ${step.document} has the form collection/id`);
  if (step.document !== undefined && step.set === undefined && step.delete !== true)
    report("a document step needs `set` or `delete: true`");
  if (step.table !== undefined && step.columns === undefined && step.select === undefined && step.csv === undefined)
    report("a table needs `columns`, with `rows`, `csv` or `select`");
  if (step.slack !== undefined) checkSlack(step.slack, report);
}

function checkDetails(step: Action, report: Report): void {
  for (const [detail, owners] of Object.entries(belongsTo) as [keyof typeof belongsTo, readonly (keyof Action)[]][])
    if (step[detail] !== undefined && owners.every((owner) => step[owner] === undefined))
      report(`\`${detail}\` is for ${owners.join(" and ")} alone`, [detail]);
  for (const owner of belongsTo.for) if (step[owner] !== undefined && step.for === undefined) report(`${owner} needs \`for\``);
}

function checkDurations({ for: span, fault, mode }: Action, report: Report): void {
  const durations = { for: span, "fault.for": fault?.for, "fault.by": fault?.by, "mode.for": mode?.for };
  if (mode?.until !== undefined && mode.for !== undefined) report("a mode ends `until` a time or lasts `for` a while", ["mode", "for"]);
  for (const [path, text] of Object.entries(durations))
    if (text !== undefined && parseDuration(text) === undefined) report(`${text} is no duration such as 2h`, path.split("."));
}

function checkSlack({ action, incident, healer, target }: SlackStep, report: Report): void {
  if (action !== "apply" && incident === undefined) report(`slack: ${action} needs \`incident\``);
  if (action === "apply" && (healer === undefined || target === undefined)) report("slack: apply needs `healer` and `target`");
}
