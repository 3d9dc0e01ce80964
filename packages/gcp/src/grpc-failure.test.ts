import { expect, test } from "vitest";
import { grpcFailure, isConflict } from "./grpc-failure.ts";

const error = (code: number, message = "said by the service"): Error => Object.assign(new Error(message), { code });

test.for<[name: string, code: number, message: string, isConditional: boolean, expected: boolean]>([
  ["two transactions that met are", 10, "too much contention", false, true],
  ["a version that has changed is", 9, "the stored version does not match", true, true],
  ["a version of a document that is gone is", 5, "No document to update", true, true],
  ["a document that exists already is", 6, "already exists", true, true],
  ["a database that is missing is not", 5, "The database (default) does not exist for project p", true, false],
  ["what is missing without a condition is not", 5, "No document to update", false, false],
  ["a database of another kind is not", 9, "The Cloud Firestore API is not available", false, false],
  ["a service that is away is not", 14, "unavailable", true, false],
])("%s a conflict", ([, code, message, isConditional, expected]) => {
  expect(isConflict(error(code, message), isConditional)).toBe(expected);
});

test.for<[code: number, about: "bus" | "documents", expected: string]>([
  [5, "documents", "needs-human"],
  [5, "bus", "permanent"],
  [7, "documents", "needs-human"],
  [16, "bus", "needs-human"],
  [3, "bus", "permanent"],
  [4, "documents", "transient"],
  [8, "bus", "transient"],
  [14, "documents", "transient"],
])("code %i of the %s is %s", ([code, about, expected]) => {
  expect(grpcFailure(error(code), "asked", about)).toMatchObject({ failure: expected, about });
});
