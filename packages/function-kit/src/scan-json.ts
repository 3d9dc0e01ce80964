/** Reads JSON from strangers: what JSON.parse would accept and silently change, or choke others with, is refused with a reason. */

/** Firestore allows 20 levels in a document; an event stands some levels down in one. */
const MAX_DEPTH = 16;
const FORBIDDEN_KEYS = new Set(["__proto__", "constructor", "prototype"]);

export type Scanned = { readonly value: unknown } | { readonly reason: string };

export function scanJson(text: string): Scanned {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { reason: "is not JSON" };
  }
  const reason = findFault(text);
  return reason === undefined ? { value } : { reason };
}

/** One pass over text that is known to be JSON. */
function findFault(text: string): string | undefined {
  const keys: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === "{" || char === "[") {
      keys.push(char === "{" ? new Set() : undefined);
      if (keys.length > MAX_DEPTH) return `is nested deeper than ${MAX_DEPTH} levels`;
    } else if (char === "}" || char === "]") {
      keys.pop();
    } else if (char === '"') {
      const end = endOfString(text, at);
      const fault = stringFault(text.slice(at, end + 1), isKey(text, end) ? keys.at(-1) : undefined);
      if (fault !== undefined) return fault;
      at = end;
    } else if (char === "-" || (char >= "0" && char <= "9")) {
      const literal = /[-+.0-9eE]+/y;
      literal.lastIndex = at;
      const number = literal.exec(text)![0];
      const fault = numberFault(number);
      if (fault !== undefined) return fault;
      at += number.length - 1;
    }
  }
  return undefined;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}

function isKey(text: string, endOfText: number): boolean {
  let at = endOfText + 1;
  while (/\s/.test(text[at] ?? "")) at++;
  return text[at] === ":";
}

function stringFault(literal: string, keys: Set<string> | undefined): string | undefined {
  const value = literal.includes("\\") ? (JSON.parse(literal) as string) : literal.slice(1, -1);
  if (!value.isWellFormed()) return "holds half of a surrogate pair";
  if (value.includes("\0")) return "holds a NUL character";
  if (keys === undefined) return undefined;
  if (FORBIDDEN_KEYS.has(value)) return `holds the key ${value}`;
  if (keys.has(value)) return `holds the key ${value} twice`;
  keys.add(value);
  return undefined;
}

function numberFault(literal: string): string | undefined {
  const value = Number(literal);
  if (!Number.isFinite(value)) return `holds the number ${literal}, which is too large`;
  if (Object.is(value, -0)) return "holds the number -0";
  if (Number.isInteger(value) && !Number.isSafeInteger(value) && String(value) !== literal)
    return `holds the number ${literal}, which would lose digits: quote it`;
  return undefined;
}
