/** What of a file a problem may show: short, without control characters, and nothing that looks like a secret. Pure. */

import { maskText } from "@kintsugi/events/mask";
import { isHolder, type Path, valueAt } from "./path.ts";
import { SECRET_REFERENCE } from "./secret-places.ts";

const LONGEST = 120;
const SECRET = /token|secret|passw|credential|api_?key|private_?key|webhook/i;
/** So much is read for secrets, so that none is cut in two and shown by half. */
const READ = 2_000;
const MASK = "****";
/** What stands right below these is a name that people chose: a phase may well be called `tokens`. */
const NAMED = new Set<PropertyKey>(["phases", "checks", "metrics", "gates", "services", "healers", "patterns", "receivers"]);

/** @param written the file's values before the environment's are put in, so that these are never shown */
export function textAt(written: unknown, path: Path): string | undefined {
  const value = valueAt(written, path);
  if (value === undefined) return undefined;
  if (isSecret(path)) return typeof value === "string" && SECRET_REFERENCE.test(value) ? shownText(value) : MASK;
  return shownText(isHolder(value) ? JSON.stringify(value, (key, inner: unknown) => (SECRET.test(key) ? MASK : inner)) : String(value));
}

/** Whether what stands at a path is a secret, as far as its keys tell. */
export function isSecret(path: Path): boolean {
  return (
    isOfReceiver(path) ||
    path.some((step, index) => typeof step === "string" && SECRET.test(step) && !(index > 0 && NAMED.has(path[index - 1]!)))
  );
}

/** All of a receiver but its severity is hidden, so that an address under a wrong key is not shown either. */
function isOfReceiver([top, , key]: Path): boolean {
  return top === "receivers" && key !== "min_severity";
}

export function shownText(text: string): string {
  const plain = maskText(text.slice(0, READ))
    .slice(0, LONGEST)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu, "�");
  return text.length > LONGEST ? `${plain}…` : plain;
}
