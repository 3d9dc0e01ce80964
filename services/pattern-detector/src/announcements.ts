/** From incidents as they were told, step by step, to the events of one batch: the last word of each, with all that was remarked. Pure. */

import type { IncidentChanged } from "@kintsugi/events/alerts";
import type { NewEvent } from "@kintsugi/function-kit/declaration";

export function announcements(told: readonly IncidentChanged[]): readonly NewEvent[] {
  const byIncident = Map.groupBy(told, ({ key, opened }) => `${key} ${opened}`);
  return [...byIncident.values()].map((words) => {
    const last = words.at(-1)!;
    const data = { ...last, remarks: words.flatMap(({ remarks }) => remarks) };
    const purpose = `incident:${last.key}:${last.opened}:${last.revision}`;
    return { type: typeOf(words), purpose, subject: last.key, data };
  });
}

/** One that opened and went on within the batch is told as opened, and one that is over as resolved. */
function typeOf(words: readonly IncidentChanged[]): "incident.opened" | "incident.updated" | "incident.resolved" {
  if (words.at(-1)!.state === "resolved") return "incident.resolved";
  return words.some(({ revision }) => revision === 1) ? "incident.opened" : "incident.updated";
}
