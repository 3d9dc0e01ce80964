/** Each change of an incident is sent to every receiver that wants to know of it, in order; a run sends what is open and was not told. */

import type { Receiver as Configured } from "@kintsugi/config/model";
import type { IncidentChanged } from "@kintsugi/events/alerts";
import type { Event } from "@kintsugi/events/event";
import type { Context, Dependencies, Outcome, Run, RunOutcome } from "@kintsugi/function-kit/declaration";
import { openIncidents } from "@kintsugi/function-kit/incidents";
import { messageKey } from "@kintsugi/notify/compose";
import { deliverAll, throwFailed } from "@kintsugi/notify/deliver-all";
import { incidentOf, inOrder } from "@kintsugi/notify/incident-telling";
import type { Receiver, Telling } from "@kintsugi/notify/receiver";
import { isAboutItself } from "@kintsugi/notify/refusal";
import { tellUntold } from "@kintsugi/notify/tell-untold";
import { webhookTelling } from "./webhook-telling.ts";

export const NOTIFIER = "webhook-notifier";

type Parts = Pick<Dependencies, "config" | "documents" | "sendWebhook" | "clock">;

export function notify(parts: Parts) {
  return async (events: readonly Event[], _context: Context): Promise<Outcome> => {
    const changes = [...Map.groupBy(events.flatMap(incidentOf), messageKey).values()].flatMap(inOrder);
    const tellings = parts.config.receivers.flatMap((to) => changes.flatMap((incident) => tellingOf(parts, to, incident) ?? []));
    throwFailed(await deliverAll(parts, tellings));
    return {};
  };
}

export function tellOpen(parts: Parts) {
  const audiences = parts.config.receivers.map((to) => ({
    receiver: receiverOf(to),
    tellingOf: (incident: IncidentChanged) => tellingOf(parts, to, incident),
  }));
  return async (_run: Run): Promise<RunOutcome> => tellUntold(parts, audiences, await openIncidents(parts.documents));
}

function tellingOf(parts: Parts, to: Configured, incident: IncidentChanged): Telling | undefined {
  const receiver = receiverOf(to);
  return isAboutItself(incident, receiver, to.name) ? undefined : webhookTelling(parts, to, { receiver, incident });
}

function receiverOf({ name }: Configured): Receiver {
  return { notifier: NOTIFIER, name, manner: "posts-every-change", takesFirstVersion: false };
}
