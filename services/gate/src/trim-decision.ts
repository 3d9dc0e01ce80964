/** Ever shorter forms of a decision, for an event that would be too large. Whoever asked gets all of it. Pure. */

import { shorterChecks } from "@kintsugi/checks/trim-checks";
import type { GateDecided } from "@kintsugi/events/gate";
import { isTrouble, type Observation } from "@kintsugi/events/observation";
import { shorten } from "@kintsugi/events/shorten";

/** As many missing ones are named, and issues told with so much text; how many are missing stays in the counts. */
const FORMS = [
  { missing: 1_000, issues: 50, text: 500 },
  { missing: 500, issues: 20, text: 300 },
  { missing: 200, issues: 10, text: 200 },
  { missing: 100, issues: 5, text: 200 },
  { missing: 50, issues: 5, text: 200 },
  { missing: 0, issues: 2, text: 200 },
];

export const shorterDecisions: readonly ((decided: GateDecided) => GateDecided)[] = shorterChecks.map((trim, step) => {
  const { missing, issues, text } = FORMS[Math.min(step, FORMS.length - 1)]!;
  return ({ override, waived, observations, ...decided }) => ({
    ...decided,
    message: shorten(decided.message, 2 * text),
    missing_items: decided.missing_items.slice(0, missing),
    quality_issues: decided.quality_issues.slice(0, issues).map((issue) => shorten(issue, text)),
    checks: trim(decided.checks),
    waived: waived.slice(0, missing).map((waiver) => shorterSaid(waiver, text)),
    observations: observations.map((observation) => shorterFacts(observation, text)),
    ...(override === undefined ? {} : { override: shorterSaid(override, text) }),
  });
});

function shorterSaid<T extends NonNullable<GateDecided["override"]>>(said: T, text: number): T {
  const name = said.claimed === undefined ? {} : { claimed: shorten(said.claimed, text) };
  return { ...said, actor: shorten(said.actor, text), ...name, reason: shorten(said.reason, text) };
}

/** What a decision says of its gate is never left out. */
function shorterFacts(observation: Observation, text: number): Observation {
  if (!isTrouble(observation)) return observation;
  return { ...observation, facts: observation.facts.map((fact) => shorten(fact, text)) };
}
