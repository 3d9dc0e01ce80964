/** Ever shorter forms of what a run observed, for an event that would be too large. No verdict and no day is ever left out. Pure. */

import { isTrouble, type Observation } from "@kintsugi/events/observation";
import type { RunCompleted } from "@kintsugi/events/runs";
import { shorten } from "@kintsugi/events/shorten";

type Form = { readonly facts: number; readonly text: number; readonly targets: number };

/** The first fact and the next step say most, so they leave last. */
const FORMS: readonly Form[] = [
  { facts: 4, text: 500, targets: 200 },
  { facts: 2, text: 300, targets: 100 },
  { facts: 1, text: 200, targets: 50 },
  { facts: 1, text: 100, targets: 20 },
  { facts: 0, text: 60, targets: 0 },
];

export const shorterObservations: readonly ((run: RunCompleted) => RunCompleted)[] = FORMS.map((form) => (run) => ({
  ...run,
  observations: run.observations.map((observation) => shorter(observation, form)),
}));

/** A step is whole or absent: half of a command may do something else. */
function shorter(observation: Observation, { facts, text, targets }: Form): Observation {
  if (!isTrouble(observation)) return observation;
  return {
    ...observation,
    title: shorten(observation.title, Math.max(text, 100)),
    facts: observation.facts.slice(0, facts).map((fact) => shorten(fact, text)),
    next: observation.next.filter((step) => step.length <= Math.max(text, 100)),
    ...(observation.targets === undefined ? {} : { targets: observation.targets.slice(0, targets) }),
  };
}
