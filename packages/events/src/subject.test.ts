import { expect, test } from "vitest";
import { blindSpotOf, isInScope, parseSubject, type Subject, subjectKey } from "./subject.ts";

test.for<[key: string, subject: Subject]>([
  ["canary:raw.boxscores", { kind: "check", phase: "raw", check: "boxscores" }],
  ["drift:prediction-worker", { kind: "service", service: "prediction-worker" }],
  ["gate:raw-to-analytics", { kind: "gate", gate: "raw-to-analytics" }],
  ["healer:cleanup:batch:7", { kind: "target", healer: "cleanup", target: "batch:7" }],
  ["healer:cleanup:many", { kind: "many", healer: "cleanup" }],
  ["healer:cleanup:=many", { kind: "target", healer: "cleanup", target: "many" }],
  ["healer:cleanup:==many", { kind: "target", healer: "cleanup", target: "=many" }],
  ["healer:cleanup:blast-radius", { kind: "blast-radius", healer: "cleanup" }],
  ["healer:cleanup", { kind: "healer", healer: "cleanup" }],
  ["pattern:healing-frequent:retry", { kind: "pattern", pattern: "healing-frequent", value: "retry" }],
  ["unknown:canary", { kind: "function", function: "canary" }],
  ["unknown:canary:raw.boxscores", { kind: "blind-spot", function: "canary", about: "raw.boxscores" }],
  ["watch:cleanup", { kind: "silence", function: "cleanup" }],
  ["dead-letter:slack-notifier", { kind: "dead-letter", function: "slack-notifier" }],
  ["storm:healing:2026-02-05T14:00:00.000Z", { kind: "storm", channel: "healing", at: "2026-02-05T14:00:00.000Z" }],
])("%s", ([key, subject]) => {
  expect(subjectKey(subject)).toBe(key);
  expect(parseSubject(key)).toEqual(subject);
});

test.for([[""], ["canary"], ["canary:raw"], ["healer:"], ["nobody:knows"], ["storm:nowhere:now"], ["watch:a:b"]])(
  "%j is no key",
  ([key]) => {
    expect(parseSubject(key!)).toBeUndefined();
  },
);

test.for([["many"], ["blast-radius"], ["=many"], ["==many"], ["a:b:c"], [":"], ["."], ["many:"], ["="]])(
  "a target called %j has a key that leads back to it",
  ([target]) => {
    const subject = { kind: "target", healer: "cleanup", target: target! } as const;
    expect(parseSubject(subjectKey(subject))).toEqual(subject);
  },
);

test("what could not be looked at is named by who could not look", () => {
  expect(subjectKey(blindSpotOf("canary", { kind: "check", phase: "raw", check: "rows" }))).toBe("unknown:canary:raw.rows");
  expect(subjectKey(blindSpotOf("canary", { kind: "function", function: "canary" }))).toBe("unknown:canary");
});

test.for<[subject: Subject, isInside: boolean]>([
  [{ kind: "target", healer: "a", target: "t" }, true],
  [{ kind: "many", healer: "a" }, true],
  [{ kind: "target", healer: "b", target: "t" }, false],
  [{ kind: "service", service: "a" }, false],
])("the targets of healer a and %j", ([subject, isInside]) => {
  expect(isInScope(subject, { kind: "targets", healer: "a" })).toBe(isInside);
});
