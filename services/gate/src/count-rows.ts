/** Which of the due entities are there: by rows, whatever the metrics say of them. Pure. */

import type { EntityLook } from "@kintsugi/checks/evaluate";

export type Rows = {
  /** How many are known to have a row in every check that looks at entities. */
  readonly actual: number;
  /** Those that a check looked for and did not find. */
  readonly missing: readonly string[];
};

/**
 * A check that could not look tells nothing about rows: then nobody is known to be there, and nobody said to be missing.
 * @param looks one for each check that looks at entities of the day
 * @param isBlind something could not be looked at: decides where no check looks at entities
 */
export function countRows(due: readonly string[], looks: readonly Pick<EntityLook, "withRow">[], isBlind: boolean): Rows {
  const missing = due.filter((id) => looks.some(({ withRow }) => withRow !== undefined && !withRow.has(id))).sort();
  const isKnown = looks.length === 0 ? !isBlind : looks.every(({ withRow }) => withRow !== undefined);
  return { actual: isKnown ? due.length - missing.length : 0, missing };
}
