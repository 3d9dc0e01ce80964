import { expect, test } from "vitest";
import { countRows, type Rows } from "./count-rows.ts";

const due = ["g1", "g2", "g3"];
const saw = (...ids: readonly string[]) => ({ withRow: new Set(ids) });
const blind = { withRow: undefined };

test.for<[name: string, looks: Parameters<typeof countRows>[1], isBlind: boolean, expected: Rows]>([
  ["all have a row", [saw(...due)], false, { actual: 3, missing: [] }],
  ["one has none", [saw("g1", "g3")], false, { actual: 2, missing: ["g2"] }],
  ["one that either of two checks lacks is missing", [saw("g1", "g2"), saw("g2", "g3")], false, { actual: 1, missing: ["g1", "g3"] }],
  ["a check that could not look: nobody is known to be there, nor to be missing", [blind], true, { actual: 0, missing: [] }],
  ["one of two could not look: what the other lacks is missing", [saw("g1"), blind], true, { actual: 0, missing: ["g2", "g3"] }],
  ["another thing could not be looked at: rows are known all the same", [saw("g1", "g2")], true, { actual: 2, missing: ["g3"] }],
  ["no check looks at entities: nothing says that one is missing", [], false, { actual: 3, missing: [] }],
  ["no check looks at entities, and one could not look", [], true, { actual: 0, missing: [] }],
])("%s", ([, looks, isBlind, expected]) => {
  expect(countRows(due, looks, isBlind)).toEqual(expected);
});
