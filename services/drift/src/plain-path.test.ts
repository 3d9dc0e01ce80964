import { expect, test } from "vitest";
import { plainPath } from "./plain-path.ts";

test.for<[given: string, plain: string]>([
  ["svc/one", "svc/one"],
  ["./svc", "svc"],
  ["svc/", "svc"],
  ["svc//one///", "svc/one"],
  ["svc/../a", "a"],
  ["svc/.", "svc"],
  [".", "."],
  ["./", "."],
  ["../shared", "../shared"],
  ["/", "/"],
  ["svc/*", "svc/*"],
  [":(exclude)zzz", ":(exclude)zzz"],
])("%s is plainly %s", ([given, plain]) => {
  expect(plainPath(given)).toBe(plain);
});
