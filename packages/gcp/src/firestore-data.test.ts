import { expect, test } from "vitest";
import { fromFirestore, toFirestore } from "./firestore-data.ts";

test("an array in an array is stored as a map, and comes back", () => {
  expect(toFirestore({ a: [[1], 2, [[3]]] })).toEqual({ a: [{ "~array": [1] }, 2, { "~array": [{ "~array": [3] }] }] });
  expect(fromFirestore({ a: [{ "~array": [1] }, 2, { "~array": [{ "~array": [3] }] }] })).toEqual({ a: [[1], 2, [[3]]] });
});

test("names that Firestore reserves are moved aside, and come back", () => {
  expect(toFirestore({ "": 1, __a__: 2, "~b": 3, _c: 4 })).toEqual({ "~": 1, "~__a__": 2, "~~b": 3, _c: 4 });
  expect(fromFirestore({ "~": 1, "~__a__": 2, "~~b": 3, _c: 4 })).toEqual({ "": 1, __a__: 2, "~b": 3, _c: 4 });
});

test("what is undefined is not stored", () => {
  expect(toFirestore({ a: undefined, b: { c: undefined } })).toEqual({ b: {} });
});

test.for<[name: string, stored: unknown, json: unknown]>([
  ["a time", { toDate: () => new Date("2026-02-05T20:00:00.123Z") }, "2026-02-05T20:00:00.123Z"],
  ["bytes", Buffer.from("hi"), "aGk="],
  ["a reference", { path: "games/1", firestore: {} }, "games/1"],
  ["a place", { latitude: 1, longitude: 2, isEqual: () => true }, { latitude: 1, longitude: 2 }],
  ["what is no number", Number.NaN, null],
  ["an infinity", Number.POSITIVE_INFINITY, null],
  ["a big integer", 2n ** 60n, "1152921504606846976"],
])("%s in somebody's document becomes JSON", ([, stored, json]) => {
  expect(fromFirestore({ field: stored })).toEqual({ field: json });
});
