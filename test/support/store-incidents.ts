/** Puts open incidents where the detector keeps them, with the index that names them. */

import type { IncidentChanged } from "@kintsugi/events/alerts";
import { incidentId, incidentsCollection, indexCollection, indexId } from "@kintsugi/function-kit/incidents";
import type { JsonObject } from "@kintsugi/ports/json";

type Set = (collection: string, id: string, data: JsonObject) => Promise<void>;

export async function storeIncidents(set: Set, incidents: readonly IncidentChanged[]): Promise<void> {
  for (const incident of incidents) await set(incidentsCollection, incidentId(incident.key), { key: incident.key, days: [], incident });
  const standings = incidents.map(({ key, state, post, opened, severity, cause }) => {
    const about = cause === undefined ? {} : { cause };
    return { key, days: [], incident: { state, post, opened, severity, ...about } };
  });
  await set(indexCollection, indexId, { standings });
}
