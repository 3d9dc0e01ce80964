/** `@day` in a statement: where the judged business day stands, as a date literal. */

/** Part of a longer name or of an address such as `x@day`, it is something else. */
export const DAY_PARAMETER = /(?<![\w@])@day\b/g;

export function namesDay(sql: string): boolean {
  return sql.search(DAY_PARAMETER) >= 0;
}
