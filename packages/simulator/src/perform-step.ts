/** Does what a step of a scenario says. */

import { derivedId } from "@kintsugi/events/event";
import { topicOf } from "@kintsugi/events/wire";
import { isEventType } from "@kintsugi/events/catalogue";
import { answerRoute } from "@kintsugi/function-kit/answer-route";
import { allFunctions, configuredFunctions } from "@kintsugi/local/functions";
import type { Message } from "@kintsugi/ports/bus";
import { messageOf } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import { createTable } from "./create-table.ts";
import type { Action } from "./scenario-form.ts";
import { ScenarioError } from "./scenario-error.ts";
import type { Stage } from "./stage.ts";
import { parseDuration, parseTime, resolveNow } from "./times.ts";

export type StepContext = {
  readonly startMs: number;
  /** Tells repetitions and steps apart, so that ids differ. */
  readonly name: string;
  /** Runs that are to be lost. */
  readonly skips: { readonly function: string; readonly fromMs: number; readonly untilMs: number }[];
  /** Messages that the bus would not take; their sender repeats them. */
  readonly unsent: Message[];
};

/** Returns the decision of a gate step. */
export async function performStep(stage: Stage, step: Action, context: StepContext): Promise<JsonObject | undefined> {
  const nowMs = stage.clock.now();
  const time = (text: string): number => {
    const at = parseTime(text, { startMs: context.startMs, nowMs });
    if (at === undefined) throw new ScenarioError(`${text} is no time`);
    return at;
  };
  const after = (text: string): number => {
    const duration = parseDuration(text);
    if (duration === undefined) throw new ScenarioError(`${text} is no duration such as 2h`);
    return nowMs + duration;
  };
  if (step.table !== undefined) await createTable(stage.connection, resolveNow(step, nowMs));
  if (step.document !== undefined) await writeDocument(stage, step, nowMs);
  if (step.sql !== undefined) await stage.connection.run(step.sql);
  if (step.commit !== undefined) {
    const { sha, paths, message, committed } = step.commit;
    stage.history.add({ sha, paths, message, committedMs: time(committed) });
  }
  if (step.revision !== undefined) {
    const { service, name, commit, traffic, created, settings } = step.revision;
    const revision = {
      name,
      commit,
      traffic,
      created: new Date(time(created)).toISOString(),
      ...(settings === undefined ? {} : { settings }),
    };
    stage.deployments.deploy(service, revision);
  }
  if (step.publish !== undefined)
    await send(stage, context, userMessage(step.publish.topic, resolveNow(step.publish.event, nowMs) as JsonObject, context.name, nowMs));
  if (step.raw !== undefined) await send(stage, context, rawMessage(step.raw));
  if (step.fault !== undefined)
    stage.faults.add({ port: step.fault.port, kind: step.fault.kind, fromMs: nowMs, untilMs: after(step.fault.for) });
  for (const name of [step.skip, step.restart === "all" ? undefined : step.restart])
    if (name !== undefined && !allFunctions.some((declaration) => declaration.name === name))
      throw new ScenarioError(`there is no function ${name}; there are ${allFunctions.map((declaration) => declaration.name).join(", ")}`);
  if (step.skip !== undefined) context.skips.push({ function: step.skip, fromMs: nowMs, untilMs: after(step.for!) });
  if (step.run !== undefined) await runNow(stage, step.run, context.name);
  if (step.restart !== undefined) stage.restart();
  if (step.slack !== undefined) {
    const { action, incident, user, until, reason } = step.slack;
    const type = action === "acknowledge" ? "incident.acknowledged" : "incident.silenced";
    const said = {
      type,
      incident,
      actor: user,
      ...(reason === undefined ? {} : { reason }),
      ...(until === undefined ? {} : { until: new Date(time(until)).toISOString() }),
    };
    await send(stage, context, userMessage("operator", said, context.name, nowMs));
  }
  if (step.mode !== undefined) {
    const { set, reason, until } = step.mode;
    const untilMs = step.mode.for === undefined ? (until === undefined ? undefined : time(until)) : after(step.mode.for);
    const said = {
      type: "mode.set",
      mode: set,
      reason,
      actor: "scenario",
      ...(untilMs === undefined ? {} : { until: new Date(untilMs).toISOString() }),
    };
    await send(stage, context, userMessage("operator", said, context.name, nowMs));
  }
  return step.gate === undefined ? undefined : await askGate(stage, step.gate, nowMs);
}

async function writeDocument(stage: Stage, step: Action, nowMs: number): Promise<void> {
  const slash = step.document!.indexOf("/");
  const [collection, id] = [step.document!.slice(0, slash), step.document!.slice(slash + 1)];
  const data = resolveNow(step.set ?? {}, nowMs) as JsonObject;
  const write = step.delete === true ? ({ op: "delete", collection, id } as const) : ({ op: "merge", collection, id, data } as const);
  await stage.documents.commit({ writes: [write], publish: [], outbox: "scenario" });
}

/** A user's flat event. Without an id of its own a repetition is another event; with one it is the same, whenever it is sent. */
function userMessage(topic: string, event: JsonObject, name: string, nowMs: number): Message {
  const own = event["id"] === undefined ? { id: derivedId("scenario", name), time: new Date(nowMs).toISOString() } : {};
  const data = { ...own, ...event };
  return { topic: topicFor(topic, event), attributes: {}, data: Buffer.from(JSON.stringify(data)) };
}

function topicFor(topic: string, event: JsonObject): string {
  const type = event["type"];
  if (typeof type === "string" && isEventType(type) && topicOf(type) !== topic)
    throw new ScenarioError(`${type} does not belong on topic ${topic}; it belongs on ${topicOf(type)}`);
  return topic;
}

function rawMessage({ topic, data, attributes }: NonNullable<Action["raw"]>): Message {
  const bytes = data.startsWith("base64:") ? Buffer.from(data.slice("base64:".length), "base64") : Buffer.from(data);
  return { topic, attributes: attributes ?? {}, data: bytes };
}

async function send(stage: Stage, context: StepContext, message: Message): Promise<void> {
  const sent = stage.faults.call("bus", true, () => stage.bus.publish([message]));
  // A sender whose call is slow holds up nobody but himself.
  if (stage.faults.active("bus") === "slow")
    return void sent.catch((error: unknown) => stage.tell(`bus refused a message: ${messageOf(error)}`));
  try {
    await sent;
  } catch (error) {
    stage.tell(`bus refused a message: ${messageOf(error)}`);
    if (stage.faults.active("bus") === undefined) throw new ScenarioError(messageOf(error));
    if (stage.faults.active("bus") !== "ambiguous") context.unsent.push(message);
  }
}

/** What the bus would not take is sent again by who sent it, once the bus is back. */
export async function resend(stage: Stage, context: StepContext): Promise<void> {
  if (context.unsent.length === 0 || stage.faults.active("bus") !== undefined) return;
  await stage.bus.publish(context.unsent.splice(0));
}

async function runNow(stage: Stage, name: string, step: string): Promise<void> {
  const declaration = configuredFunctions(stage.config).find((candidate) => candidate.name === name);
  if (declaration === undefined) throw new ScenarioError(`there is no function ${name} that this configuration gives something to do`);
  stage.bus.enqueueRun(name, stage.clock.now(), `step:${step}`);
}

/** A call of a process that dies is never answered. Whoever made it asks again, as callers do, once the process is back. */
async function askGate(stage: Stage, question: NonNullable<Action["gate"]>, nowMs: number): Promise<JsonObject> {
  const declaration = configuredFunctions(stage.config).find(({ name }) => name === "gate");
  if (declaration === undefined) throw new ScenarioError("the configuration has no gates");
  const { gate, ...body } = resolveNow(question, nowMs);
  const request = { method: "POST", path: `/gates/${encodeURIComponent(gate)}/decisions`, body: Buffer.from(JSON.stringify(body)) };
  for (;;) {
    const { dependencies, engine } = stage.process();
    const asked = answerRoute(declaration, dependencies)(request);
    const answered = await untilAnswered(stage, asked, () => stage.process().engine === engine);
    if (answered !== "process died") return { ...answered?.body, http_status: answered?.status ?? 404 };
    stage.tell("the gate's caller asks again");
  }
}

/** A call may wait for the virtual clock (a slow port); nothing else moves while the caller waits. */
async function untilAnswered<T>(stage: Stage, call: Promise<T>, isAlive: () => boolean): Promise<T | "process died"> {
  let isDone = false;
  const watched = call.finally(() => void (isDone = true));
  watched.catch(() => {});
  for (;;) {
    await stage.quiet();
    if (isDone) return await watched;
    if (!isAlive()) return "process died";
    const wake = stage.clock.nextWake();
    if (wake === undefined) return await watched;
    stage.clock.set(wake);
    stage.clock.wake();
  }
}
