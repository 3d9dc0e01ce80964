/** On each change of an incident: its one message is posted or edited. Of several changes at once the last one counts. */

import type { Config } from "@kintsugi/config/model";
import { derivedId, type Event } from "@kintsugi/events/event";
import type { Context, Dependencies, NewEvent, Outcome } from "@kintsugi/function-kit/declaration";
import type { Write } from "@kintsugi/ports/documents";
import { deliverMessage, type MessageRequest } from "./deliver-message.ts";
import { patientChat } from "./patient-chat.ts";
import { renderIncident, renderRepairs } from "./render.ts";

export function notify({ config, documents, chat }: Pick<Dependencies, "config" | "documents" | "chat">) {
  return async (events: readonly Event[], { nowMs }: Context): Promise<Outcome> => {
    const requests = new Map<string, MessageRequest>();
    for (const event of events) {
      const request = requestOf(event, config);
      const before = request === undefined ? undefined : requests.get(request.id);
      if (request !== undefined && (before === undefined || before.revision < request.revision)) requests.set(request.id, request);
    }
    const writes: Write[] = [];
    const publish: NewEvent[] = [];
    for (const request of requests.values()) {
      const delivered = await deliverMessage({ documents, chat: patientChat(chat) }, request, nowMs);
      writes.push(...delivered.writes);
      publish.push(...delivered.publish);
    }
    return { writes, publish };
  };
}

function requestOf(event: Event, config: Config): MessageRequest | undefined {
  switch (event.type) {
    case "incident.opened":
    case "incident.updated":
    case "incident.resolved": {
      const incident = event.data;
      const render = (isFirst: boolean) =>
        renderIncident(incident, { mention: isFirst && incident.severity === "critical" && incident.state === "open" });
      const { key, revision, post, thread } = incident;
      return {
        id: derivedId(key, incident.opened),
        key,
        revision,
        post,
        thread,
        text: render(false).text,
        channel: config.slack.channels[incident.channel],
        render,
      };
    }
    case "repairs.recorded": {
      const { healer, day, revision } = event.data;
      const key = `repairs:${healer}:${day}`;
      const render = () => renderRepairs(event.data);
      return {
        id: derivedId(key),
        key,
        revision,
        post: true,
        thread: undefined,
        text: render().text,
        channel: config.slack.channels.healing,
        render,
      };
    }
    default:
      return undefined;
  }
}
