/** Why something could not be looked at: what could not be read, and whether another try soon may work. Pure. */

import { Id } from "@kintsugi/events/fields";
import { Failure, isPassing, isPermanent } from "@kintsugi/ports/failure";

export type Fault = {
  /** Such as `warehouse` or `table nba_raw.schedule`; undefined where it is the statement of one check alone. */
  readonly cause?: string;
  readonly isPassing: boolean;
};

/** @param table whose statement failed; undefined for a statement of the user's own */
export function faultOf(error: unknown, table: string | undefined): Fault {
  const about = error instanceof Failure ? error.about : undefined;
  // A statement that the warehouse refuses says something of its table; all else says something of the warehouse.
  if (isPermanent(error) || !(error instanceof Failure)) return table === undefined ? { isPassing: false } : tableFault(table);
  return { cause: about ?? "warehouse", isPassing: isPassing(error) };
}

/** What is wrong with the table itself, such as a calendar that has ended. */
export function tableFault(table: string): Fault {
  const cause = `table ${table}`;
  return Id.safeParse(cause).success ? { cause, isPassing: false } : { isPassing: false };
}
