/** On each change of an incident its one message is posted or edited; a run tells what is open and was not told. */

import type { IncidentChanged, RepairsRecorded } from "@kintsugi/events/alerts";
import type { Event } from "@kintsugi/events/event";
import type { Context, Dependencies, Outcome, Run, RunOutcome } from "@kintsugi/function-kit/declaration";
import { chatReceiver, chatTelling } from "@kintsugi/notify/chat-telling";
import { composeIncident, messageKey } from "@kintsugi/notify/compose";
import { composeRepairs, repairsKey } from "@kintsugi/notify/compose-repairs";
import { deliveryRooms, type Task } from "@kintsugi/notify/delivery-rooms";
import { incidentOf, incidentWanted, inOrder, repairsWanted } from "@kintsugi/notify/incident-telling";
import type { Telling } from "@kintsugi/notify/receiver";
import { isAboutItself } from "@kintsugi/notify/refusal";
import { tellUntold } from "@kintsugi/notify/tell-untold";

export const NOTIFIER = "slack-notifier";

type Parts = Pick<Dependencies, "config" | "documents" | "chat" | "clock">;

export function notify(parts: Parts) {
  const rooms = deliveryRooms(parts);
  return async (events: readonly Event[], { patienceMs }: Context): Promise<Outcome> => ({
    later: await rooms.tellEvents(tasksOf(parts, events), patienceMs),
  });
}

export function tellOpen(parts: Parts) {
  const rooms = deliveryRooms(parts);
  const receiver = chatReceiver(parts.chat, NOTIFIER);
  const audience = { receiver, tellingOf: (incident: IncidentChanged) => incidentTelling(parts, [incident]) };
  return async (_run: Run): Promise<RunOutcome> => tellUntold(parts, rooms, [audience]);
}

/** Of several changes at once the last one counts. */
function tasksOf(parts: Parts, events: readonly Event[]): readonly Task[] {
  return [...Map.groupBy(events, messageOf)].flatMap(([, alike]) => {
    const [changes, recorded] = [alike.flatMap(incidentOf), alike.flatMap(repairsOf)];
    const telling = changes.length > 0 ? incidentTelling(parts, inOrder(changes)) : repairsTelling(parts, inOrder(recorded));
    return telling === undefined ? [] : [{ telling, events: alike }];
  });
}

function messageOf(event: Event): string | undefined {
  const [key] = [...incidentOf(event).map(messageKey), ...repairsOf(event).map(repairsKey)];
  return key;
}

function incidentTelling({ config, chat }: Parts, changes: readonly IncidentChanged[]): Telling | undefined {
  const last = changes.at(-1)!;
  const receiver = chatReceiver(chat, NOTIFIER);
  const channel = config.slack.channels[last.channel];
  if (isAboutItself(last, receiver, channel)) return undefined;
  const message = composeIncident(last, config);
  return chatTelling(chat, receiver, { key: last.key, channel, message, wanted: incidentWanted(changes, message) });
}

function repairsTelling({ config, chat }: Parts, all: readonly RepairsRecorded[]): Telling | undefined {
  const recorded = all.at(-1);
  if (recorded === undefined) return undefined;
  const message = composeRepairs(recorded, config);
  const wanted = repairsWanted(recorded, message);
  return chatTelling(chat, chatReceiver(chat, NOTIFIER), {
    key: repairsKey(recorded),
    channel: config.slack.channels.healing,
    message,
    wanted,
  });
}

function repairsOf(event: Event): readonly RepairsRecorded[] {
  return event.type === "repairs.recorded" ? [event.data] : [];
}
