/** Plays a scenario: virtual time moves from instant to instant, and at each the order is that of docs/reference/scenarios.md. */

import type { Config } from "@kintsugi/config/model";
import { nextDue } from "@kintsugi/local/schedule";
import { messageOf } from "@kintsugi/ports/failure";
import { deliverDue } from "./deliver-due.ts";
import { judge, judgeDecision, type Failed } from "./expect.ts";
import type { Scenario, TimedStep } from "./load-scenario.ts";
import { performStep, type StepContext } from "./perform-step.ts";
import { ScenarioError } from "./scenario-error.ts";
import { Expectations } from "./scenario-form.ts";
import { resend } from "./send-message.ts";
import { openStage, type Stage } from "./stage.ts";

export type Played = {
  readonly failed: readonly Failed[];
  /** How many single expectations were held against what was seen. */
  readonly checked: number;
};

type Play = {
  readonly stage: Stage;
  readonly scenario: Scenario;
  readonly context: StepContext;
  readonly failed: Failed[];
  checked: number;
  named: number;
};

export async function play(scenario: Scenario, config: Config, options: { seed: number; trace?: (line: string) => void }): Promise<Played> {
  const stage = await openStage(scenario, config, options);
  const context: StepContext = { startMs: scenario.startMs, name: "", skips: [], unsent: [] };
  const playing: Play = { stage, scenario, context, failed: [], checked: 0, named: 0 };
  try {
    for (const given of scenario.given)
      await inPlace(scenario, given.line, () => performStep(stage, given, { ...context, name: `given ${playing.named++}` }));
    await playTimeline(playing);
    for (const step of scenario.finale) await perform(playing, step);
    return { failed: playing.failed, checked: playing.checked };
  } finally {
    stage.close();
  }
}

async function playTimeline(playing: Play): Promise<void> {
  const { stage, scenario } = playing;
  const remaining = [...scenario.steps];
  const due = stage.schedules.map((schedule) => ({ ...schedule, atMs: nextDue(schedule.periodMs, scenario.startMs - 1) }));
  for (;;) {
    const schedules = due.filter(({ atMs }) => atMs < scenario.endMs).map(({ atMs }) => atMs);
    const candidates = [remaining[0]?.atMs, stage.clock.nextWake(), stage.faults.nextEnd(), nextDelivery(stage), ...schedules];
    const next = Math.min(...candidates.filter((at) => at !== undefined));
    if (next > scenario.endMs) break;
    stage.clock.set(next);
    await resend(stage, playing.context.unsent);
    while (remaining[0] !== undefined && remaining[0].atMs <= next) await perform(playing, remaining.shift()!);
    await deliverDue(stage);
    for (const schedule of due) {
      if (schedule.atMs > next || schedule.atMs >= scenario.endMs) continue;
      if (!isSkipped(playing.context, schedule.name, next)) stage.bus.enqueueRun(schedule.name, schedule.atMs);
      schedule.atMs = nextDue(schedule.periodMs, schedule.atMs);
    }
    await deliverDue(stage);
    if (stage.clock.wake() > 0) await deliverDue(stage);
  }
  stage.clock.set(scenario.endMs);
}

function nextDelivery(stage: Stage): number | undefined {
  if (stage.faults.active("bus") === "unavailable") return undefined;
  const at = stage.functions.nextDue();
  return at === undefined ? undefined : Math.max(at, stage.clock.now());
}

function isSkipped({ skips }: StepContext, name: string, atMs: number): boolean {
  return skips.some((skip) => skip.function === name && skip.fromMs <= atMs && atMs < skip.untilMs);
}

async function perform(playing: Play, step: TimedStep): Promise<void> {
  const { stage, scenario } = playing;
  const place = { file: scenario.file, line: step.line, atMs: stage.clock.now() };
  const decision = await inPlace(scenario, step.line, () =>
    performStep(stage, step, { ...playing.context, name: `step ${playing.named++}` }),
  );
  if (step.expect === undefined) return;
  if (decision !== undefined) {
    const { failed, checked } = judgeDecision(step.expect, decision);
    playing.checked += checked;
    playing.failed.push(...failed.map((failure) => ({ ...failure, ...place })));
    return;
  }
  await deliverDue(stage);
  const wanted = Expectations.parse(step.expect);
  const { failed, checked } = await inPlace(scenario, step.line, () => judge(stage, wanted, scenario));
  playing.checked += checked;
  playing.failed.push(...failed.map((failure) => ({ ...failure, ...place })));
}

/** What a step asks for and cannot be is the file's fault; a defect of ours stays one. */
async function inPlace<T>({ file }: Scenario, line: number, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw error;
    throw new ScenarioError(`${file}:${line}: ${messageOf(error)}`, { cause: error });
  }
}
