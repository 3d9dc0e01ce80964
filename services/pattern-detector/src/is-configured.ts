/** Whether the configuration still has what an incident is about. Pure. */

import type { Config } from "@kintsugi/config/model";

/** What is configured no more is judged no more: its incident would stand open for ever. */
export function isConfigured(key: string, config: Config): boolean {
  const [kind = "", ...rest] = key.split(":");
  const about = rest.join(":");
  switch (kind) {
    case "canary":
      return hasCheck(config, about);
    case "drift":
      return hasService(config, about);
    case "gate":
      return config.gates.some(({ name }) => name === about);
    case "healer":
      return config.healers.some(({ name }) => about.startsWith(`${name}:`));
    case "pattern":
      return config.patterns.some(({ name }) => about.startsWith(`${name}:`));
    case "unknown": {
      const [functionName, ...subject] = rest;
      const name = subject.join(":");
      if (functionName === "canary") return name === "" ? config.phases.some(({ checks }) => checks.length > 0) : hasCheck(config, name);
      if (functionName === "drift") return name === "" ? config.drift !== undefined : hasService(config, name);
      if (functionName === "gate") return config.gates.some((gate) => gate.name === name);
      if (functionName === "cleanup") return config.healers.some((healer) => name === "" || healer.name === name);
      return true;
    }
    default:
      return true;
  }
}

function hasCheck({ phases }: Config, name: string): boolean {
  return phases.some(({ checks }) => checks.some((check) => `${check.phase}.${check.name}` === name));
}

function hasService({ drift }: Config, name: string): boolean {
  return drift?.services.some((service) => service.name === name) ?? false;
}
