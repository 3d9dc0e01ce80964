/** Times and durations as a step writes them, at the moment it is done. */

import { ScenarioError } from "./scenario-error.ts";
import { parseDuration, parseTime } from "./times.ts";

export type StepTimes = {
  readonly nowMs: number;
  /** @throws a ScenarioError for what is no time */
  at(text: string): number;
  /** Now and so much later. @throws a ScenarioError for what is no duration */
  after(text: string): number;
};

export function stepTimes(startMs: number, nowMs: number): StepTimes {
  return {
    nowMs,
    at(text) {
      const at = parseTime(text, { startMs, nowMs });
      if (at === undefined) throw new ScenarioError(`${text} is no time`);
      return at;
    },
    after(text) {
      const duration = parseDuration(text);
      if (duration === undefined) throw new ScenarioError(`${text} is no duration such as 2h`);
      return nowMs + duration;
    },
  };
}
