/** From what a producer says to looks at incidents: one for each subject's finding, one for whether it could be looked at. Pure. */

import { isTrouble, type Observation, type Trouble } from "@kintsugi/events/observation";
import { blindSpotOf, type Subject, subjectKey } from "@kintsugi/events/subject";

/** All that one event says of one incident. */
export type Look = {
  readonly subject: Subject;
  /** What is wrong; none where the look was good. */
  readonly troubles: readonly Trouble[];
  /** Days that were found good; undefined stands for a subject that is not about days. */
  readonly good: readonly (string | undefined)[];
  /** Whether it opens after `unknown_after` bad looks, and not after `open_after`. */
  readonly isBlind: boolean;
};

/** In the order of the observations, so that a function's own comes before those of its subjects. */
export function looksOf(by: string, observations: readonly Observation[]): readonly Look[] {
  const bySubject = Map.groupBy(observations, ({ subject }) => subjectKey(subject));
  return [...bySubject.values()].flatMap((group) => looksAt(by, group));
}

function looksAt(by: string, group: readonly Observation[]): readonly Look[] {
  const { subject } = group[0]!;
  const troubles = group.filter(isTrouble);
  const findings = troubles.filter(({ verdict }) => verdict === "finding");
  const unknowns = troubles.filter(({ verdict }) => verdict === "unknown");
  const good = group.flatMap(({ verdict, day }) => (verdict === "ok" ? [day] : []));
  const spot = blindSpotOf(by, subject);
  const looks: Look[] = [];
  if (subjectKey(spot) === subjectKey(subject)) {
    // The subject is itself about being able to look.
    if (troubles.length + good.length > 0) looks.push({ subject, troubles, good, isBlind: unknowns.length > 0 });
    return looks;
  }
  if (findings.length + good.length > 0) looks.push({ subject, troubles: findings, good, isBlind: false });
  if (unknowns.length > 0) looks.push({ subject: spot, troubles: unknowns.map(withoutDay), good: [], isBlind: true });
  else if (findings.length + good.length > 0) looks.push({ subject: spot, troubles: [], good: [undefined], isBlind: true });
  return looks;
}

/** That a look was not possible says nothing of the day. */
function withoutDay({ day: _day, ...trouble }: Trouble): Trouble {
  return trouble;
}
