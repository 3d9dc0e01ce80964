/** What an operator can say, and why a word cannot be acted on as things stand. Pure. */

import type { Config } from "@kintsugi/config/model";
import { nearestOf } from "@kintsugi/config/nearest";
import { catalogue, type DataOf } from "@kintsugi/events/catalogue";
import { nameSome } from "@kintsugi/events/name-some";
import type { Status } from "@kintsugi/local/status";
import type { Said } from "./operator-options.ts";

type WordType =
  | "incident.acknowledged"
  | "incident.silenced"
  | "incident.closed"
  | "mode.set"
  | "healing.paused"
  | "healing.resumed"
  | "heal.approved"
  | "heal.released"
  | "gate.overridden"
  | "gate.waived";

/** Without what every word carries. */
export type Word = { [T in WordType]: { readonly type: T } & Omit<DataOf<T>, keyof Said> }[WordType];

export type Known = {
  readonly status: Pick<Status, "incidents" | "holes">;
  readonly config: Pick<Config, "healers" | "gates">;
};

/** Undefined where it can be acted on. */
export function wordFault(word: Word, said: Said, known: Known): string | undefined {
  return standingFault(word, known) ?? formFault(word, said);
}

function standingFault(word: Word, { status, config }: Known): string | undefined {
  switch (word.type) {
    case "incident.acknowledged":
    case "incident.silenced":
      return keyFault(word.incident, status);
    case "incident.closed":
      if (word.day !== undefined) return dayFault(word.incident, word.day, status);
      return status.holes.some(({ key }) => key === word.incident) ? undefined : keyFault(word.incident, status);
    case "mode.set":
      return undefined;
    case "healing.paused":
    case "healing.resumed":
      return healerFault(word.healer, config);
    case "heal.approved":
      return healerFault(word.healer, config) ?? `nothing is proposed: ${word.healer} heals by itself; see kintsugi heal list`;
    case "heal.released":
      return healerFault(word.healer, config);
    case "gate.overridden":
    case "gate.waived":
      return nameFault("gate", word.gate, config.gates);
  }
}

function formFault({ type, ...data }: Word, said: Said): string | undefined {
  const parsed = catalogue[type].data.safeParse({ ...data, ...said });
  if (parsed.success) return undefined;
  return parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
}

function keyFault(key: string, { incidents, holes }: Known["status"]): string | undefined {
  const open = incidents.map((incident) => incident.key);
  if (open.includes(key)) return undefined;
  const days = holes.filter((hole) => hole.key === key).map(({ day }) => day);
  if (days.length > 0)
    return `${key} is not open, and ${nameSome(days, 5)} of it was given up: kintsugi close ${key} --day ${days[0]} --reason "…"`;
  const nearest = nearestOf(key, open);
  if (nearest !== undefined) return `there is no open incident ${key}; did you mean ${nearest}?`;
  return `there is no open incident ${key}; ${open.length === 0 ? "nothing is open" : `open are ${nameSome(open, 5)}`}`;
}

function dayFault(key: string, day: string, { incidents, holes }: Known["status"]): string | undefined {
  const incident = incidents.find((one) => one.key === key);
  const given = holes.filter((hole) => hole.key === key);
  const days = [...(incident?.days ?? []), ...given].map((one) => one.day);
  if (days.includes(day)) return undefined;
  if (days.length > 0) return `${day} is no bad day of ${key}; there are ${nameSome(days, 7)}`;
  const keys = [...new Set([...incidents.filter((one) => one.days.length > 0), ...holes].map((one) => one.key))];
  if (incident !== undefined) return `${key} is about no days: close it without --day`;
  const nearest = nearestOf(key, keys);
  return `${key} has no bad days${nearest === undefined ? "" : `; did you mean ${nearest}?`}`;
}

function healerFault(healer: string | undefined, { healers }: Pick<Config, "healers">): string | undefined {
  if (healer !== undefined) return nameFault("healer", healer, healers);
  return healers.length === 0 ? "there is no healer: the configuration names none under healers" : undefined;
}

function nameFault(kind: "healer" | "gate", name: string, configured: readonly { readonly name: string }[]): string | undefined {
  const names = configured.map((one) => one.name);
  if (names.includes(name)) return undefined;
  const nearest = nearestOf(name, names);
  if (nearest !== undefined) return `there is no ${kind} ${name}; did you mean ${nearest}?`;
  return `there is no ${kind} ${name}; ${names.length === 0 ? `the configuration names none under ${kind}s` : `there are ${nameSome(names, 5)}`}`;
}
