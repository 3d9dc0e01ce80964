/** An object without its undefined values, so that a default below it shows through. Pure. */

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

export function definedOnly<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as Defined<T>;
}
