/** Does what a step of a scenario says. */

import { placeOf } from "@kintsugi/ports/documents";
import { allFunctions, configuredFunctions } from "@kintsugi/local/functions";
import type { JsonObject } from "@kintsugi/ports/json";
import { askGate } from "./ask-gate.ts";
import { createTable } from "./create-table.ts";
import { faultOf } from "./fault.ts";
import { modeSaid, pressed } from "./operator-step.ts";
import type { Action, SlackStep } from "./scenario-form.ts";
import { ScenarioError } from "./scenario-error.ts";
import { rawMessage, send, type Unsent, userMessage } from "./send-message.ts";
import type { Stage } from "./stage.ts";
import { stepTimes, type StepTimes } from "./step-times.ts";
import { resolveNow } from "./times.ts";

export type StepContext = {
  readonly startMs: number;
  /** Tells repetitions and steps apart, so that ids differ. */
  readonly name: string;
  /** Runs that are to be lost. */
  readonly skips: { readonly function: string; readonly fromMs: number; readonly untilMs: number }[];
  readonly unsent: Unsent;
};

type Doing = { readonly stage: Stage; readonly context: StepContext; readonly times: StepTimes };

/** Returns the decision of a gate step. */
export async function performStep(stage: Stage, step: Action, context: StepContext): Promise<JsonObject | undefined> {
  const nowMs = stage.clock.now();
  const doing = { stage, context, times: stepTimes(context.startMs, nowMs) };
  changePipeline(doing, step);
  if (step.table !== undefined) await createTable(stage.tables, resolveNow(step, nowMs));
  if (step.document !== undefined) await writeDocument(stage, step, nowMs);
  if (step.sql !== undefined) await stage.tables.change(step.sql);
  if (step.publish !== undefined) await publish(doing, step.publish.topic, resolveNow(step.publish.event, nowMs) as JsonObject);
  if (step.raw !== undefined) await send(stage, context.unsent, rawMessage(step.raw));
  if (step.slack !== undefined) await actInSlack(doing, step.slack);
  if (step.mode !== undefined) await publish(doing, "operator", modeSaid(step.mode, doing.times));
  hinder(doing, step);
  return step.gate === undefined ? undefined : await askGate(stage, step.gate, nowMs);
}

/** Commits and deployments. */
function changePipeline({ stage, times }: Doing, { commit, revision }: Action): void {
  if (commit !== undefined) {
    const { sha, paths, message, committed, merged = committed } = commit;
    stage.history.add({ sha, paths, message, arrivedMs: times.at(merged) }, times.at(committed));
  }
  if (revision === undefined) return;
  const { service, created, settings, ...rest } = revision;
  const kept = settings === undefined ? {} : { settings };
  stage.deployments.deploy(service, { ...rest, created: new Date(times.at(created)).toISOString(), ...kept });
}

/** What goes wrong, and runs by hand. */
function hinder({ stage, context, times }: Doing, { fault, skip, two_instances: twice, run, restart, for: span }: Action): void {
  const nowMs = times.nowMs;
  const named = [skip, fault?.function, ...[twice, restart].filter((name) => name !== "all")];
  for (const name of named) if (name !== undefined) expectFunction(name);
  if (fault !== undefined)
    stage.faults.add(faultOf(fault, { fromMs: nowMs, untilMs: times.after(fault.for) }, times.after(fault.by ?? "0s") - nowMs));
  if (twice !== undefined) stage.functions.double(times.after(span!), twice === "all" ? undefined : twice);
  if (skip !== undefined) context.skips.push({ function: skip, fromMs: nowMs, untilMs: times.after(span!) });
  if (run !== undefined) runNow(stage, run, context.name);
  if (restart !== undefined) stage.functions.restart(restart === "all" ? undefined : restart);
}

function expectFunction(name: string): void {
  if (allFunctions.some((declaration) => declaration.name === name)) return;
  throw new ScenarioError(`there is no function ${name}; there are ${allFunctions.map((declaration) => declaration.name).join(", ")}`);
}

async function publish({ stage, context, times }: Doing, topic: string, event: JsonObject): Promise<void> {
  await send(stage, context.unsent, userMessage(topic, event, { step: context.name, nowMs: times.nowMs }));
}

async function actInSlack(doing: Doing, { action, ...step }: SlackStep): Promise<void> {
  if (action !== "delete") return await publish(doing, "operator", pressed({ ...step, action }, doing.times));
  if (!doing.stage.slack.remove(step.incident!))
    throw new ScenarioError(`there is no message about ${step.incident} in Slack that could be deleted`);
}

async function writeDocument(stage: Stage, step: Action, nowMs: number): Promise<void> {
  const { collection, id } = placeOf(step.document!)!;
  const data = resolveNow(step.set ?? {}, nowMs) as JsonObject;
  const write = step.delete === true ? ({ op: "delete", collection, id } as const) : ({ op: "merge", collection, id, data } as const);
  await stage.documents.commit({ writes: [write], publish: [], outbox: "scenario" });
}

function runNow(stage: Stage, name: string, step: string): void {
  const declaration = configuredFunctions(stage.config).find((candidate) => candidate.name === name);
  if (declaration === undefined) throw new ScenarioError(`there is no function ${name} that this configuration gives something to do`);
  stage.bus.enqueueRun(name, stage.clock.now(), `step:${step}`);
}
