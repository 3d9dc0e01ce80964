/** Which incident policy holds for a subject: that of what it is about, else that of the whole file. Pure. */

import type { Subject } from "@kintsugi/events/subject";
import type { Config, IncidentPolicy } from "./model.ts";

export function incidentPolicy(config: Config, subject: Subject): IncidentPolicy {
  return ownPolicy(config, subject) ?? config.incidents;
}

function ownPolicy(config: Config, subject: Subject): IncidentPolicy | undefined {
  switch (subject.kind) {
    case "check":
      return ofCheck(config, `${subject.phase}.${subject.check}`);
    case "service":
      return ofService(config, subject.service);
    case "gate":
      return ofGate(config, subject.gate);
    case "pattern":
      return config.patterns.find(({ name }) => name === subject.pattern)?.incidents;
    case "blind-spot":
      return ofBlindSpot(config, subject);
    case "unwatched":
    case "healer":
    case "target":
    case "many":
    case "blast-radius":
    case "function":
    case "silence":
    case "dead-letter":
    case "storm":
      return undefined;
  }
}

/** What a function could not look at is one of the things that it looks at. */
function ofBlindSpot(config: Config, { function: name, about }: Extract<Subject, { kind: "blind-spot" }>): IncidentPolicy | undefined {
  if (name === "canary") return ofCheck(config, about);
  if (name === "drift") return ofService(config, about);
  return name === "gate" ? ofGate(config, about) : undefined;
}

/** Phases and checks may have dots in their names: the whole name decides, as no two checks share one. */
function ofCheck({ phases }: Config, name: string): IncidentPolicy | undefined {
  return phases.flatMap(({ checks }) => checks).find((check) => `${check.phase}.${check.name}` === name)?.incidents;
}

function ofService({ drift }: Config, name: string): IncidentPolicy | undefined {
  return drift?.services.find((service) => service.name === name)?.incidents;
}

function ofGate({ gates }: Config, name: string): IncidentPolicy | undefined {
  return gates.find((gate) => gate.name === name)?.incidents;
}
