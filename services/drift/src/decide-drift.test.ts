import type { Revision } from "@kintsugi/ports/deployments";
import type { Commit } from "@kintsugi/ports/history";
import { expect, test } from "vitest";
import { decideDrift, type DriftFacts, type DriftJudgement, type ServingFacts } from "./decide-drift.ts";

const HOUR = 3_600_000;
const now = Date.parse("2026-02-05T14:00:00Z");
const service = { name: "worker", deadlineMs: 0, expect: {} };

/** Commits that are so many hours old, newest first. */
const commits = (...agesHours: readonly number[]): readonly Commit[] =>
  agesHours.map((age) => ({ sha: `c${age}`, message: `change of ${age} h ago`, arrivedMs: now - age * HOUR, paths: ["worker/main.py"] }));

function serves(name: string, undeployed: readonly Commit[], change: Partial<Revision> = {}): ServingFacts {
  return { revision: { name, commit: "a1", traffic: 100, ...change }, servingKnown: true, undeployed };
}
function strange(name: string, traffic: number): ServingFacts {
  return { ...serves(name, [], { traffic, commit: "c0ffee7" }), servingKnown: false };
}
function serving(...facts: readonly ServingFacts[]): DriftFacts {
  return { kind: "serving", serving: facts };
}
const min = (value: number) => ({ settings: { min_instances: value } });

test.for<
  [
    name: string,
    facts: DriftFacts,
    policy: Partial<typeof service> & { expect?: Record<string, number> },
    expected: Partial<DriftJudgement>,
  ]
>([
  // The ten services of the reference.
  [
    "prediction-worker: seven changes behind and another setting: stale, and both are shown",
    serving(serves("worker-1", commits(1, 2, 3, 4, 5, 6, 7), min(1))),
    { expect: { min_instances: 0 } },
    {
      verdict: "finding",
      reason: "stale",
      text: "worker-1 serves a1 and lacks 7 changes",
      undeployed: commits(1, 2, 3, 4, 5, 6, 7),
      ageMs: 7 * HOUR,
      settings: [{ name: "min_instances", expected: 0, actual: 1 }],
    },
  ],
  [
    "prediction-coordinator: the newest change serves: up to date",
    serving(serves("coordinator-165", [], min(1))),
    { expect: { min_instances: 1 } },
    { verdict: "ok", reason: "up-to-date" },
  ],
  [
    "nba-scrapers: the old name of a renamed service is not found: unknown, not ok",
    { kind: "unknown", reason: "service-not-found", text: "nba-phase1-scrapers is not among the deployments" },
    {},
    { verdict: "unknown", reason: "service-not-found" },
  ],
  [
    "phase2: three changes behind",
    serving(serves("raw-1", commits(1, 2, 3))),
    {},
    { verdict: "finding", reason: "stale", undeployed: commits(1, 2, 3) },
  ],
  [
    "phase3: two changes behind, the deadline of 24 h has passed",
    serving(serves("analytics-1", commits(2, 44))),
    { deadlineMs: 24 * HOUR },
    { verdict: "finding", reason: "stale", ageMs: 44 * HOUR },
  ],
  [
    "phase4: all traffic is pinned to an old revision: what serves counts, not what was created last",
    serving(serves("d1", commits(5))),
    {},
    { verdict: "finding", reason: "stale", text: "d1 serves a1 and lacks 1 change" },
  ],
  [
    "grading: the newer commit touches ignored paths alone: up to date",
    serving(serves("e1", [])),
    {},
    { verdict: "ok", reason: "up-to-date" },
  ],
  [
    "phase3-to-phase4: up to date, but with another setting",
    serving(serves("f1", [], min(0))),
    { expect: { min_instances: 1 } },
    { verdict: "finding", reason: "settings", text: "min_instances is 0 (expected 1)" },
  ],
  [
    "phase4-to-phase5: a revision of today that changed the environment alone still serves old code",
    serving(serves("g-env", commits(20, 30), { created: "2026-02-05T13:00:00Z" })),
    {},
    { verdict: "finding", reason: "stale", undeployed: commits(20, 30) },
  ],
  [
    "admin-dashboard: not found: unknown",
    { kind: "unknown", reason: "service-not-found", text: "nba-admin-dashboard is not among the deployments" },
    {},
    { verdict: "unknown" },
  ],
  // What cannot be judged.
  [
    "a path that never existed: unknown",
    { kind: "unknown", reason: "path-never-existed", text: "wrong never existed in the history" },
    {},
    { verdict: "unknown", reason: "path-never-existed" },
  ],
  [
    "a history that cannot be read: unknown",
    { kind: "unknown", reason: "history-unreadable", text: "no repository" },
    {},
    { verdict: "unknown", reason: "history-unreadable", text: "no repository" },
  ],
  [
    "the serving commit is in no history: unknown",
    serving(strange("worker-1", 100)),
    {},
    {
      verdict: "unknown",
      reason: "serving-commit-unknown",
      text: "worker-1 serves c0ffee7, which the history does not hold",
      cause: "commit c0ffee7",
    },
  ],
  // Traffic.
  [
    "no revision takes traffic: nothing up to date serves",
    serving(),
    {},
    { verdict: "finding", reason: "nothing-serves", text: "no revision of worker takes any traffic" },
  ],
  [
    "an up-to-date revision and one whose commit is in no history: the traffic is split, and both are told",
    serving(serves("w1", [], { traffic: 50 }), strange("w2", 50)),
    {},
    {
      verdict: "finding",
      reason: "traffic-split",
      text: "no single revision takes all traffic: w1 50 %, w2 50 %; w2 serves c0ffee7, which the history does not hold",
    },
  ],
  [
    "an old revision and one whose commit is in no history: stale, and both are told",
    serving(serves("w1", commits(1), { traffic: 50 }), strange("w2", 50)),
    {},
    { verdict: "finding", reason: "stale", text: "w1 serves a1 and lacks 1 change; w2 serves c0ffee7, which the history does not hold" },
  ],
  [
    "two commits that are in no history: the traffic is split all the same",
    serving(strange("w1", 90), strange("w2", 10)),
    {},
    { verdict: "finding", reason: "traffic-split" },
  ],
  [
    "half of the traffic on an old revision: stale",
    serving(serves("new", [], { traffic: 50 }), serves("old", commits(3), { traffic: 50 })),
    {},
    { verdict: "finding", reason: "stale", text: "old serves a1 and lacks 1 change" },
  ],
  [
    "two revisions, both up to date: the traffic is split",
    serving(serves("w1", [], { traffic: 90 }), serves("w2", [], { traffic: 10 })),
    {},
    { verdict: "finding", reason: "traffic-split", text: "no single revision takes all traffic: w1 90 %, w2 10 %" },
  ],
  [
    "one revision with less than all traffic",
    serving(serves("w1", [], { traffic: 90 })),
    {},
    { verdict: "finding", reason: "traffic-split" },
  ],
  [
    "an old revision within its deadline keeps a share: the traffic is split",
    serving(serves("new", [], { traffic: 50 }), serves("old", commits(1), { traffic: 50 })),
    { deadlineMs: 2 * HOUR },
    { verdict: "finding", reason: "traffic-split" },
  ],
  // Deadlines.
  [
    "without a deadline a change of this instant is a finding",
    serving(serves("w1", commits(0))),
    {},
    { verdict: "finding", reason: "stale" },
  ],
  [
    "a change younger than the deadline is well",
    serving(serves("w1", commits(0.5))),
    { deadlineMs: HOUR },
    { verdict: "ok", reason: "within-deadline", undeployed: commits(0.5), ageMs: HOUR / 2 },
  ],
  [
    "a change as old as the deadline is a finding",
    serving(serves("w1", commits(1))),
    { deadlineMs: HOUR },
    { verdict: "finding", reason: "stale" },
  ],
  [
    "the oldest change decides, not the newest",
    serving(serves("w1", commits(0.1, 0.5, 3))),
    { deadlineMs: HOUR },
    { verdict: "finding", reason: "stale", ageMs: 3 * HOUR },
  ],
  [
    "within the deadline a wrong setting is a finding all the same",
    serving(serves("w1", commits(0.5), min(3))),
    { deadlineMs: HOUR, expect: { min_instances: 0 } },
    { verdict: "finding", reason: "settings" },
  ],
  [
    "a change of the future has age 0, and is a finding without a deadline",
    serving(serves("w1", commits(-2))),
    {},
    { verdict: "finding", reason: "stale", ageMs: 0 },
  ],
  [
    "a change of the future is within a deadline",
    serving(serves("w1", commits(-2))),
    { deadlineMs: 1 },
    { verdict: "ok", reason: "within-deadline", ageMs: 0 },
  ],
  // Settings.
  [
    "a setting that is not there is another than expected",
    serving(serves("w1", [])),
    { expect: { min_instances: 0 } },
    { verdict: "finding", reason: "settings", text: "min_instances is not set (expected 0)" },
  ],
  [
    "a setting that a deploy tool has turned into text is the setting",
    serving(serves("w1", [], { settings: { min_instances: "0" } })),
    { expect: { min_instances: 0 } },
    { verdict: "ok", reason: "up-to-date" },
  ],
  [
    "what is not expected may be anything",
    serving(serves("w1", [], { settings: { min_instances: 0, memory: "2Gi" } })),
    { expect: { min_instances: 0 } },
    { verdict: "ok" },
  ],
])("%s", ([, facts, policy, expected]) => {
  expect(decideDrift(facts, { ...service, ...policy }, now)).toMatchObject(expected);
});
