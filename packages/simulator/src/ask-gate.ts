/** Asks a gate as its callers do, and waits for the answer. */

import { httpHandler } from "@kintsugi/function-kit/http";
import { configuredFunctions } from "@kintsugi/local/functions";
import type { JsonObject } from "@kintsugi/ports/json";
import { ScenarioError } from "./scenario-error.ts";
import type { Action } from "./scenario-form.ts";
import type { Stage } from "./stage.ts";
import { resolveNow } from "./times.ts";

/** A call of a process that dies is never answered. Whoever made it asks again, as callers do, once the process is back. */
export async function askGate(stage: Stage, question: NonNullable<Action["gate"]>, nowMs: number): Promise<JsonObject> {
  const declaration = configuredFunctions(stage.config).find(({ name }) => name === "gate");
  if (declaration === undefined) throw new ScenarioError("the configuration has no gates");
  const { gate, ...body } = resolveNow(question, nowMs);
  const path = `/gates/${encodeURIComponent(gate)}/decisions`;
  const request = { method: "POST", path, headers: {}, body: Buffer.from(JSON.stringify(body)) };
  for (;;) {
    const { dependencies, isAlive } = stage.functions.instance("gate")!;
    const door = httpHandler(declaration, dependencies, stage.log, { random: () => 0.5, within: stage.clock.within });
    const asked = door(request);
    const answered = await untilAnswered(stage, asked, isAlive);
    if (answered !== "process died") return { ...answered.body, http_status: answered.status };
    stage.tell("the gate's caller asks again");
  }
}

/** A call may wait for the virtual clock (a slow port, a pause before another try); nothing else moves while the caller waits. */
async function untilAnswered<T>(stage: Stage, call: Promise<T>, isAlive: () => boolean): Promise<T | "process died"> {
  let isDone = false;
  const watched = call.finally(() => void (isDone = true));
  watched.catch(() => {});
  for (;;) {
    await stage.functions.quiet();
    if (isDone) return await watched;
    if (!isAlive()) return "process died";
    const wake = stage.clock.nextWake();
    if (wake === undefined) return await watched;
    stage.clock.set(wake);
    stage.clock.wake();
  }
}
