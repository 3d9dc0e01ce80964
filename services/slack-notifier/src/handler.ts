/** On each change of an incident its one message is posted or edited; a run tells what is open and was not told. */

import type { IncidentChanged, RepairsRecorded } from "@kintsugi/events/alerts";
import type { Event } from "@kintsugi/events/event";
import type { Context, Dependencies, Outcome, Run, RunOutcome } from "@kintsugi/function-kit/declaration";
import { openIncidents } from "@kintsugi/function-kit/incidents";
import { chatReceiver, chatTelling } from "@kintsugi/notify/chat-telling";
import { composeIncident, messageKey } from "@kintsugi/notify/compose";
import { composeRepairs, repairsKey } from "@kintsugi/notify/compose-repairs";
import { deliverAll, throwFailed } from "@kintsugi/notify/deliver-all";
import { incidentOf, incidentWanted, inOrder, repairsWanted } from "@kintsugi/notify/incident-telling";
import type { Telling } from "@kintsugi/notify/receiver";
import { isAboutItself } from "@kintsugi/notify/refusal";
import { tellUntold } from "@kintsugi/notify/tell-untold";

export const NOTIFIER = "slack-notifier";

type Parts = Pick<Dependencies, "config" | "documents" | "chat" | "clock">;

export function notify(parts: Parts) {
  return async (events: readonly Event[], _context: Context): Promise<Outcome> => {
    throwFailed(await deliverAll(parts, tellingsOf(parts, events)));
    return {};
  };
}

export function tellOpen(parts: Parts) {
  const receiver = chatReceiver(parts.chat, NOTIFIER);
  return async (_run: Run): Promise<RunOutcome> => {
    const open = await openIncidents(parts.documents);
    return await tellUntold(parts, [{ receiver, tellingOf: (incident) => incidentTelling(parts, [incident]) }], open);
  };
}

/** Of several changes at once the last one counts. */
function tellingsOf(parts: Parts, events: readonly Event[]): readonly Telling[] {
  const incidents = Map.groupBy(events.flatMap(incidentOf), messageKey);
  const repairs = Map.groupBy(events.flatMap(repairsOf), repairsKey);
  return [
    ...[...incidents.values()].flatMap((changes) => incidentTelling(parts, inOrder(changes)) ?? []),
    ...[...repairs.values()].map((recorded) => repairsTelling(parts, inOrder(recorded).at(-1)!)),
  ];
}

function incidentTelling({ config, chat }: Parts, changes: readonly IncidentChanged[]): Telling | undefined {
  const last = changes.at(-1)!;
  const receiver = chatReceiver(chat, NOTIFIER);
  const channel = config.slack.channels[last.channel];
  if (isAboutItself(last, receiver, channel)) return undefined;
  const message = composeIncident(last, config);
  return chatTelling(chat, receiver, { key: last.key, channel, message, wanted: incidentWanted(changes, message) });
}

function repairsTelling({ config, chat }: Parts, recorded: RepairsRecorded): Telling {
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
