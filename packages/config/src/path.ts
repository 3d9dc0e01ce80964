/** Where a value stands in the file: the keys and places in lists that lead to it. Pure. */

export type Path = readonly PropertyKey[];

/** What own keys lead to; inherited ones lead nowhere. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, step) => (isHolder(inner) && Object.hasOwn(inner, step) ? inner[step] : undefined), value);
}

export function isHolder(value: unknown): value is Record<PropertyKey, unknown> {
  return value !== null && typeof value === "object";
}

export function isAtOrBelow(path: Path, top: Path): boolean {
  return top.length <= path.length && top.every((step, index) => String(step) === String(path[index]));
}
