/** Compares what was wanted with what was seen. Pure. */

const COMPARISON = /^(<=|>=|!=|<|>|=)?\s*(-?\d+(?:\.\d+)?)$/;

/** A number, or a comparison such as ">= 2". */
export function numberHolds(wanted: number | string, seen: number): boolean {
  if (typeof wanted === "number") return seen === wanted;
  const match = COMPARISON.exec(wanted.trim());
  if (match === null) return false;
  const limit = Number(match[2]);
  switch (match[1] ?? "=") {
    case "<":
      return seen < limit;
    case "<=":
      return seen <= limit;
    case ">":
      return seen > limit;
    case ">=":
      return seen >= limit;
    case "!=":
      return seen !== limit;
    default:
      return seen === limit;
  }
}

/** Every named field of an object must hold; numbers may be compared; what is not named is free. */
export function valueHolds(wanted: unknown, seen: unknown): boolean {
  if (typeof seen === "bigint") return valueHolds(wanted, Number(seen));
  if (typeof wanted === "string" && typeof seen === "number") return numberHolds(wanted, seen);
  if (typeof wanted === "number" && typeof seen === "string" && seen.trim() !== "") return wanted === Number(seen);
  if (typeof wanted === "string" && typeof seen === "string") return wanted === seen || sameInstant(wanted, seen);
  if (Array.isArray(wanted))
    return Array.isArray(seen) && wanted.length === seen.length && wanted.every((item, index) => valueHolds(item, seen[index]));
  if (wanted !== null && typeof wanted === "object") {
    return (
      seen !== null &&
      typeof seen === "object" &&
      Object.entries(wanted).every(([key, inner]) => valueHolds(inner, (seen as Record<string, unknown>)[key]))
    );
  }
  return wanted === seen || (wanted === null && seen === undefined);
}

function sameInstant(one: string, other: string): boolean {
  return /^\d{4}-\d{2}-\d{2}T/.test(one) && /^\d{4}-\d{2}-\d{2}T/.test(other) && Date.parse(one) === Date.parse(other);
}
