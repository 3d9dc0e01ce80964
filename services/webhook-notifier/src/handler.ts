/** Each change of an incident is sent to every receiver that wants to know of it, in order; a run sends what is open and was not told. */

import type { Receiver as Configured } from "@kintsugi/config/model";
import type { IncidentChanged } from "@kintsugi/events/alerts";
import type { Event } from "@kintsugi/events/event";
import type { Context, Dependencies, Outcome, Run, RunOutcome } from "@kintsugi/function-kit/declaration";
import { deliveryRooms } from "@kintsugi/notify/delivery-rooms";
import { incidentOf } from "@kintsugi/notify/incident-telling";
import type { Receiver, Telling } from "@kintsugi/notify/receiver";
import { isAboutItself } from "@kintsugi/notify/refusal";
import { tellUntold } from "@kintsugi/notify/tell-untold";
import { webhookTelling } from "./webhook-telling.ts";

export const NOTIFIER = "webhook-notifier";

type Parts = Pick<Dependencies, "config" | "documents" | "sendWebhook" | "clock">;

export function notify(parts: Parts) {
  const rooms = deliveryRooms(parts);
  return async (events: readonly Event[], { patienceMs }: Context): Promise<Outcome> => {
    const ordered = events.flatMap((event) => incidentOf(event).map((incident) => ({ event, incident })));
    ordered.sort((a, b) => a.incident.revision - b.incident.revision);
    const tasks = parts.config.receivers.flatMap((to) =>
      ordered.flatMap(({ event, incident }) => {
        const telling = tellingOf(parts, to, incident);
        return telling === undefined ? [] : [{ telling, events: [event] }];
      }),
    );
    return { later: await rooms.tellEvents(tasks, patienceMs) };
  };
}

export function tellOpen(parts: Parts) {
  const audiences = parts.config.receivers.map((to) => ({
    receiver: receiverOf(to),
    tellingOf: (incident: IncidentChanged) => tellingOf(parts, to, incident),
  }));
  const rooms = deliveryRooms(parts);
  return async (_run: Run): Promise<RunOutcome> => tellUntold(parts, rooms, audiences);
}

function tellingOf(parts: Parts, to: Configured, incident: IncidentChanged): Telling | undefined {
  const receiver = receiverOf(to);
  return isAboutItself(incident, receiver, to.name) ? undefined : webhookTelling(parts, to, { receiver, incident });
}

function receiverOf({ name }: Configured): Receiver {
  return { notifier: NOTIFIER, name, manner: "posts-every-change", takesFirstVersion: false };
}
