/** Hides secrets in text that is stored, logged or sent. */

const SECRETS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\bxox[a-z]-[A-Za-z0-9-]{8,}/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,}/g,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  /\bAIza[0-9A-Za-z_-]{30,}/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g,
  /(?<=\bBearer\s+)[A-Za-z0-9._~+/=-]{8,}/gi,
  /(?<=:\/\/[^\s:/@]+:)[^\s@/]+(?=@)/g,
  /(?<=\b(?:password|passwd|secret|token|api[_-]?key)["']?\s*[=:]\s*["']?)[^\s"',;&}]{4,}/gi,
];
/** What one of them begins with, so that the many texts without any are looked at once. */
const SUSPICIOUS = /PRIVATE KEY|\bxox|\bgh[pousr]_|AKIA|ASIA|AIza|eyJ|bearer|:\/\/|passw|secret|token|api[_-]?key/i;

export const HIDDEN = "****";

export function isSuspicious(text: string): boolean {
  return SUSPICIOUS.test(text);
}

export function maskText(text: string): string {
  return isSuspicious(text) ? SECRETS.reduce((masked, secret) => masked.replace(secret, HIDDEN), text) : text;
}

/** Masks every string inside a JSON value; keys stay. */
export function maskJson<T>(value: T): T {
  return maskAny(value) as T;
}

function maskAny(value: unknown): unknown {
  if (typeof value === "string") return maskText(value);
  if (Array.isArray(value)) return value.map(maskAny);
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, maskAny(inner)]));
  }
  return value;
}
