import { expect, test } from "vitest";
import { isUnder, plainPath } from "./repository-path.ts";

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

test.for<[file: string, path: string, isUnder: boolean]>([
  ["svc/one/a.py", "svc", true],
  ["svc", "svc", true],
  ["svc2/a.py", "svc", false],
  ["svc/a.py", "svc/*", false],
  ["svc/a.py", ".", true],
])("%s under %s: %s", ([file, path, expected]) => {
  expect(isUnder(file, [path])).toBe(expected);
});
