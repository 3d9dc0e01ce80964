/** Puts a scenario's messages on the bus, as senders outside of the system do. */

import { isEventType } from "@kintsugi/events/catalogue";
import { derivedId } from "@kintsugi/events/event";
import { topicOf } from "@kintsugi/events/wire";
import { DEADLINE_MS } from "@kintsugi/function-kit/deadlines";
import type { Message } from "@kintsugi/ports/bus";
import { messageOf } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import { ScenarioError } from "./scenario-error.ts";
import type { Action } from "./scenario-form.ts";
import type { Stage } from "./stage.ts";

/** Messages that the bus would not take; their sender repeats them. */
export type Unsent = Message[];

/** A user's flat event. @param step names the step: without an id of its own a repetition is another event; with one it is the same, whenever it is sent */
export function userMessage(topic: string, event: JsonObject, { step, nowMs }: { step: string; nowMs: number }): Message {
  const own = event["id"] === undefined ? { id: derivedId("scenario", step), time: new Date(nowMs).toISOString() } : {};
  const data = { ...own, ...event };
  return { topic: topicFor(topic, event), attributes: {}, data: Buffer.from(JSON.stringify(data)) };
}

function topicFor(topic: string, event: JsonObject): string {
  const type = event["type"];
  if (typeof type === "string" && isEventType(type) && topicOf(type) !== topic)
    throw new ScenarioError(`${type} does not belong on topic ${topic}; it belongs on ${topicOf(type)}`);
  return topic;
}

export function rawMessage({ topic, data, attributes }: NonNullable<Action["raw"]>): Message {
  const bytes = data.startsWith("base64:") ? Buffer.from(data.slice("base64:".length), "base64") : Buffer.from(data);
  return { topic, attributes: attributes ?? {}, data: bytes };
}

export async function send(stage: Stage, unsent: Unsent, message: Message): Promise<void> {
  const call = { port: "bus", isWrite: true, deadlineMs: DEADLINE_MS, clock: stage.clock } as const;
  const sent = stage.faults.call(call, () => stage.bus.publish([message]));
  const fault = stage.faults.active("bus");
  const refused = (error: unknown): void => {
    stage.tell(`bus refused a message: ${messageOf(error)}`);
    if (fault !== "ambiguous") unsent.push(message);
  };
  // Where the bus is slow or hangs, the sender waits for it and the story goes on.
  if (fault === "slow" || fault === "hang") return void sent.catch(refused);
  try {
    await sent;
  } catch (error) {
    if (fault === undefined) throw new ScenarioError(messageOf(error));
    refused(error);
  }
}

/** What the bus would not take is sent again by who sent it, once the bus is back. */
export async function resend(stage: Stage, unsent: Unsent): Promise<void> {
  if (unsent.length === 0 || stage.faults.active("bus") !== undefined) return;
  await stage.bus.publish(unsent.splice(0));
}
