/** What of a file may be shown in a problem: as it is written, short, without control characters, and nothing that looks like a secret. Pure. */

import { isHolder, type Path, valueAt } from "./path.ts";

const LONGEST = 120;
const SECRET = /token|secret|passw|credential|api_?key|private_?key/i;
const MASK = "****";
/** What stands right below these is a name that people chose: a phase may well be called `tokens`. */
const NAMED = new Set<PropertyKey>(["phases", "checks", "metrics", "gates", "services", "healers", "patterns"]);

/** @param written the file's values before the environment's are put in, so that these are never shown */
export function textAt(written: unknown, path: Path): string | undefined {
  const value = valueAt(written, path);
  if (value === undefined) return undefined;
  if (isSecret(path)) return MASK;
  return shownText(isHolder(value) ? JSON.stringify(value, (key, inner: unknown) => (SECRET.test(key) ? MASK : inner)) : String(value));
}

/** Whether what stands at a path is a secret, as far as its keys tell. */
export function isSecret(path: Path): boolean {
  return path.some((step, index) => typeof step === "string" && SECRET.test(step) && !(index > 0 && NAMED.has(path[index - 1]!)));
}

export function shownText(text: string): string {
  const plain = text.slice(0, LONGEST).replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu, "�");
  return text.length > LONGEST ? `${plain}…` : plain;
}
