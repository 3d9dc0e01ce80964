import type { BadDay, IncidentChanged } from "@kintsugi/events/alerts";
import type { Subject } from "@kintsugi/events/subject";
import { expect, test } from "vitest";
import { factsOf } from "./facts.ts";
import { sampleIncident } from "./sample-incident.ts";

const incident = sampleIncident({ facts: ["games: 7 of 11", "missing b"], count: 4 });
const facts = (change: Partial<IncidentChanged>): readonly string[] => factsOf({ ...incident, ...change });
const day = (name: string, who: readonly string[] = []): BadDay => ({ day: name, what: "missing b", who: [...who] });
const november = (...dates: readonly number[]): BadDay[] => dates.map((date) => day(`2026-11-${date}`));

test.for<[name: string, change: Partial<IncidentChanged>, shown: readonly string[]]>([
  ["what the producer says", {}, ["games: 7 of 11", "missing b"]],
  ["the same with one bad day", { days: november(23) }, ["games: 7 of 11", "missing b"]],
  ["each day where there are several", { days: november(24, 23) }, ["2026-11-23: missing b", "2026-11-24: missing b"]],
  [
    "four days, and how many more there are",
    { days: november(18, 19, 20, 21, 22, 23) },
    ["2026-11-18: missing b", "2026-11-19: missing b", "2026-11-20: missing b", "2026-11-21: missing b", "and 2 more days"],
  ],
  [
    "who waits for which days, once for each",
    { facts: [], days: [day("2026-11-23", ["cleaner"]), day("2026-11-24", ["dashboard", "cleaner"])] },
    ["2026-11-23: missing b", "2026-11-24: missing b", "cleaner waits for 2026-11-23 and 2026-11-24, dashboard waits for 2026-11-24"],
  ],
  ["what was given up", { facts: [], holes: november(16) }, ["given up, not mended: 2026-11-16 (missing b)"]],
  ["what it explains", { facts: [], explains: ["gate:a", "canary:b.c"] }, ["also broken because of this: gate:a, canary:b.c"]],
  ["what explains it", { facts: [], root: "canary:scrape.files" }, ["explained by canary:scrape.files"]],
])("an open one shows %s", ([, change, shown]) => {
  expect(facts(change)).toEqual(shown);
});

test("a long list of what it explains is shortened, and says so", () => {
  const explains = Array.from({ length: 30 }, (_, index) => `drift:s${index}`);
  expect(facts({ facts: [], explains })[0]).toMatch(/^also broken because of this: drift:s0, .*drift:s19 and 10 more$/);
});

test("a storm's own facts list what it stands for, so that is not said twice", () => {
  const subject = { kind: "storm", channel: "drift", at: "2026-11-24T06:30:00.000Z" } as const;
  expect(facts({ subject, facts: ["red: drift:a, drift:b"], explains: ["drift:a", "drift:b"] })).toEqual(["red: drift:a, drift:b"]);
});

const resolved = { state: "resolved", resolved: "2026-11-24T08:10:00.000Z", change: "resolved" } as const;

test("a resolved one says what is so now, how long it lasted, and what it was", () => {
  expect(facts(resolved)).toEqual(["the check holds now", "it lasted 1 h 40 min, 4 bad runs", "it was: games: 7 of 11"]);
});

test.for<[name: string, subject: Subject]>([
  ["a service", { kind: "service", service: "a" }],
  ["a gate", { kind: "gate", gate: "a" }],
  ["a healer", { kind: "healer", healer: "a" }],
  ["a target", { kind: "target", healer: "a", target: "b" }],
  ["a pattern", { kind: "pattern", pattern: "a", value: "b" }],
  ["a function", { kind: "function", function: "canary" }],
  ["a silent function", { kind: "silence", function: "canary" }],
  ["work that waits", { kind: "dead-letter", function: "canary" }],
  ["a storm", { kind: "storm", channel: "drift", at: "2026-11-24T06:30:00.000Z" }],
])("also of %s a resolved one says what is so now first, and nothing that was so before", ([, subject]) => {
  const [now, ...rest] = facts({ ...resolved, subject });
  expect(now).toMatch(/\b(?:now|any more|no longer|again|resolved)\b/);
  expect(rest).toHaveLength(2);
});

test("a count that is no count of bad runs is not told as one", () => {
  const subject = { kind: "pattern", pattern: "healing-frequent", value: "retry" } as const;
  expect(facts({ ...resolved, subject, count: 3 }).join()).not.toContain("3 bad runs");
});

test("one whose days were given up says so first, and does not say that it holds now", () => {
  const shown = facts({ ...resolved, change: "given_up", holes: november(23) });
  expect(shown.slice(0, 2)).toEqual(["given up, not mended: 2026-11-23 (missing b)", "nobody looks at that day any more"]);
  expect(shown.join()).not.toContain("holds now");
});

test("one that is mended says which days of an earlier one are not", () => {
  expect(facts({ ...resolved, holes: november(15, 16) }).slice(0, 3)).toEqual([
    "given up, not mended: 2026-11-15 (missing b), 2026-11-16 (missing b)",
    "nobody looks at those days any more",
    "the check holds now",
  ]);
});

test("one that a person closed says why, and does not say that it holds now", () => {
  const shown = facts({ ...resolved, change: "closed", said: "six games were called off" });
  expect(shown).toContain("closed by a person: “six games were called off”");
  expect(shown.join()).not.toContain("holds now");
});

test.for<[place: string, put: (hostile: string) => Partial<IncidentChanged>]>([
  ["a fact", (hostile) => ({ facts: [hostile] })],
  ["a day", (hostile) => ({ days: ["2026-11-23", "2026-11-24"].map((name) => ({ day: name, what: hostile, who: [] })) })],
  ["who waits", (hostile) => ({ days: [day("2026-11-23", [hostile])] })],
  ["a hole", (hostile) => ({ holes: [{ day: "2026-11-23", what: hostile, who: [] }] })],
  ["an explained key", (hostile) => ({ explains: [hostile] })],
  ["a root", (hostile) => ({ root: hostile })],
  ["an operator's word", (hostile) => ({ ...resolved, change: "closed", said: hostile })],
])("text of others in %s stays on its line and keeps no secret", ([, put]) => {
  for (const fact of facts(put("a\nb\u001b token=abcdefgh"))) {
    // eslint-disable-next-line no-control-regex
    expect(fact).not.toMatch(/[\u0000-\u001f]/);
    expect(fact).not.toContain("abcdefgh");
  }
});
