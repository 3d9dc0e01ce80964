/** Ever shorter forms of a run's verdicts, for an event that would be too large. No verdict is ever left out. Pure. */

import type { DriftEvaluated, ServiceDrift } from "@kintsugi/events/drift";
import { shorten } from "@kintsugi/events/shorten";

type Form = { readonly commits: number; readonly listed: number; readonly text: number };

/** How many changes are missing stays in `undeployed_count`, however few of them are listed. */
const FORMS: readonly Form[] = [
  { commits: 5, listed: 20, text: 200 },
  { commits: 3, listed: 5, text: 100 },
  { commits: 1, listed: 2, text: 80 },
  { commits: 0, listed: 1, text: 60 },
  { commits: 0, listed: 0, text: 0 },
];

export const shorterServices: readonly ((data: DriftEvaluated) => DriftEvaluated)[] = FORMS.map((form) => (data) => ({
  ...data,
  services: data.services.map((service) => trim(service, form)),
}));

type Value = ServiceDrift["settings"][number]["actual"];

/** A command is whole or absent: half of one may do something else. */
function trim({ command, ...service }: ServiceDrift, { commits, listed, text }: Form): ServiceDrift {
  const value = (given: Value): Value => (JSON.stringify(given).length <= text ? given : shorten(JSON.stringify(given), text));
  return {
    ...service,
    text: shorten(service.text, text),
    serving: service.serving
      .slice(0, listed)
      .map(({ revision, commit, traffic }) => ({ revision: shorten(revision, text), commit: shorten(commit, text), traffic })),
    undeployed: service.undeployed.slice(0, commits).map((one) => ({ ...one, message: shorten(one.message, text) })),
    settings: service.settings
      .slice(0, listed)
      .map(({ name, expected, actual }) => ({ name: shorten(name, text), expected: value(expected), actual: value(actual) })),
    ...(command === undefined || command.length > text ? {} : { command }),
  };
}
