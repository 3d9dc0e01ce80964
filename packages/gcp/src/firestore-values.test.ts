import { expect, test } from "vitest";
import { fromFields, timeOf, toFields, type Value } from "./firestore-values.ts";

const list = (...values: Value[]): Value => ({ arrayValue: { values } });
const int = (value: number): Value => ({ integerValue: String(value) });

test("an array in an array is stored as a map, and comes back", () => {
  const nested = (value: Value): Value => ({ mapValue: { fields: { "~array": value } } });
  const stored = { a: list(nested(list(int(1))), int(2), nested(list(nested(list(int(3)))))) };
  expect(toFields({ a: [[1], 2, [[3]]] })).toEqual(stored);
  expect(fromFields(stored)).toEqual({ a: [[1], 2, [[3]]] });
});

test("names that Firestore reserves are moved aside, and come back", () => {
  const stored = { "~": int(1), "~__a__": int(2), "~~b": int(3), _c: int(4) };
  expect(toFields({ "": 1, __a__: 2, "~b": 3, _c: 4 })).toEqual(stored);
  expect(fromFields(stored)).toEqual({ "": 1, __a__: 2, "~b": 3, _c: 4 });
});

test("what is undefined is not stored", () => {
  expect(toFields({ a: undefined, b: { c: undefined } })).toEqual({ b: { mapValue: { fields: {} } } });
});

test("a whole number is stored as one, all others as doubles", () => {
  expect(toFields({ a: 7, b: 0.1, c: 1e300 })).toEqual({ a: int(7), b: { doubleValue: 0.1 }, c: { doubleValue: 1e300 } });
});

test.for<[name: string, stored: Value, json: unknown]>([
  ["a time", { timestampValue: { seconds: "1770321600", nanos: 123_999_999 } }, "2026-02-05T20:00:00.123Z"],
  ["bytes", { bytesValue: Buffer.from("hi") }, "aGk="],
  ["a reference", { referenceValue: "projects/p/databases/(default)/documents/games/1" }, "games/1"],
  ["a place", { geoPointValue: { latitude: 1, longitude: 2 } }, { latitude: 1, longitude: 2 }],
  ["what is no number", { doubleValue: Number.NaN }, null],
  ["an infinity", { doubleValue: Number.POSITIVE_INFINITY }, null],
  ["a big integer", { integerValue: "1152921504606846976" }, "1152921504606846976"],
  ["nothing", { nullValue: "NULL_VALUE" }, null],
])("%s in somebody's document becomes JSON", ([, stored, json]) => {
  expect(fromFields({ field: stored })).toEqual({ field: json });
});

test("an instant keeps its milliseconds", () => {
  expect(timeOf(1_770_321_600_123)).toEqual({ seconds: 1_770_321_600, nanos: 123_000_000 });
});
