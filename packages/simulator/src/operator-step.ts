/** What people say in a scenario, as events on topic operator: a button in Slack, a mode. */

import type { JsonObject } from "@kintsugi/ports/json";
import type { Action, SlackStep } from "./scenario-form.ts";
import type { StepTimes } from "./step-times.ts";

/** The event behind a button. Deleting a message says nothing to the system. */
export function pressed(step: SlackStep & { action: Exclude<SlackStep["action"], "delete"> }, times: StepTimes): JsonObject {
  const { action, incident, user, until, reason, healer, target } = step;
  const said = { actor: user, reason, until: until === undefined ? undefined : new Date(times.at(until)).toISOString() };
  switch (action) {
    case "acknowledge":
      return { type: "incident.acknowledged", incident, ...said };
    case "silence":
      return { type: "incident.silenced", incident, ...said };
    case "apply":
      return { type: "heal.approved", healer, target, ...said };
  }
}

export function modeSaid({ set, reason, until, for: span }: NonNullable<Action["mode"]>, times: StepTimes): JsonObject {
  const untilMs = span === undefined ? (until === undefined ? undefined : times.at(until)) : times.after(span);
  return {
    type: "mode.set",
    mode: set,
    reason,
    actor: "scenario",
    until: untilMs === undefined ? undefined : new Date(untilMs).toISOString(),
  };
}
