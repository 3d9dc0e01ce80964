import { parseConfig } from "@kintsugi/config/load";
import type { Config } from "@kintsugi/config/model";
import type { DriftEvaluated } from "@kintsugi/events/drift";
import type { Deployments, Revision } from "@kintsugi/ports/deployments";
import { Failure } from "@kintsugi/ports/failure";
import type { Commit, History, Undeployed } from "@kintsugi/ports/history";
import { expect, test } from "vitest";
import { evaluateDrift } from "./handler.ts";

const now = Date.parse("2026-02-05T14:00:00Z");
const loaded = parseConfig(
  `
version: 1
pipeline: p
timezone: UTC
drift:
  history: { git: . }
  deployments: { file: d.json }
  ignore: ["**/*.md", "docs/**", "**/test/**"]
  command: ./deploy.sh {service}
  services:
    worker: { paths: [predictions/worker, shared/], severity: critical }
`,
  { file: "/p/kintsugi.yaml", env: {} },
);
if (!("config" in loaded)) throw new Error(JSON.stringify(loaded.problems));
const { config } = loaded;

const revision: Revision = { name: "worker-1", commit: "a1", traffic: 100 };
const commit = (sha: string, ...paths: readonly string[]): Commit => ({
  sha,
  message: `change ${sha}`,
  arrivedMs: now - 7_200_000,
  paths,
});
const known = (...commits: readonly Commit[]): Undeployed => ({ servingKnown: true, commits, unknownPaths: [] });

type Sources = {
  readonly revisions?: readonly Revision[] | undefined;
  readonly deployments?: Partial<Deployments>;
  readonly undeployed?: Undeployed;
  readonly history?: Partial<History>;
};

async function evaluate({ undeployed = known(), ...sources }: Sources, asked: Config = config) {
  const revisions = "revisions" in sources ? sources.revisions : [revision];
  const handle = evaluateDrift({
    config: asked,
    deployments: { revisions: async () => revisions, services: async () => [], ...sources.deployments },
    history: { tip: async () => "tip", undeployed: async () => undeployed, ...sources.history },
  });
  const outcome = await handle({ id: "r1", dueMs: now, nowMs: now });
  const { services } = outcome.publish![0]!.data as DriftEvaluated;
  return { outcome, service: services[0]!, observation: outcome.observations![0]! };
}

test("a finding carries what serves, what it lacks, how old that is, and the command that deploys it", async () => {
  const { outcome, service } = await evaluate({ undeployed: known(commit("b2", "predictions/worker/a.py")) });
  expect(service).toEqual({
    service: "worker",
    verdict: "finding",
    reason: "stale",
    text: "worker-1 serves a1 and lacks 1 change",
    severity: "critical",
    serving: [{ revision: "worker-1", commit: "a1", traffic: 100 }],
    undeployed: [{ sha: "b2", message: "change b2", arrived: "2026-02-05T12:00:00.000Z" }],
    undeployed_count: 1,
    age_seconds: 7_200,
    settings: [],
    command: "./deploy.sh worker",
  });
  expect(outcome).toMatchObject({ verdict: "ok", counts: { services: 1, findings: 1, unknown: 0 }, complete: [{ kind: "services" }] });
  expect(outcome.observations).toEqual([
    {
      subject: { kind: "service", service: "worker" },
      verdict: "finding",
      severity: "critical",
      title: "worker: serves old code",
      facts: ["worker-1 serves a1 and lacks 1 change", "not deployed: b2 change b2", "oldest undeployed change: 2 h old"],
      next: ["./deploy.sh worker", "kintsugi why drift:worker"],
      channel: "drift",
    },
    { subject: { kind: "unwatched" }, verdict: "ok" },
  ]);
});

test.for<[name: string, paths: readonly string[], verdict: string]>([
  ["under a path", ["predictions/worker/deep/a.py"], "finding"],
  ["that the history names otherwise, as where a path leads out of its folder and back", ["../worker/a.py", "a.py"], "finding"],
  ["ignored by its ending", ["predictions/worker/README.md"], "ok"],
  ["ignored by a folder in it", ["predictions/worker/test/a.py"], "ok"],
  ["ignored by its ending, beside the history's folder", ["../shared/README.md"], "ok"],
  ["in a folder beside it that is called like an ignored one", ["../docs/a.py"], "finding"],
  ["partly ignored", ["predictions/worker/README.md", "predictions/worker/a.py"], "finding"],
])("a commit with files %s: %s", async ([, paths, verdict]) => {
  expect((await evaluate({ undeployed: known(commit("b2", ...paths)) })).service.verdict).toBe(verdict);
});

test.for<[path: string, asked: string]>([
  ["./shared", "shared"],
  ["shared//deep/", "shared/deep"],
  ["docs/../shared", "shared"],
  ["shared/*", "shared/*"],
])("the path %s is asked for as %s", async ([path, asked]) => {
  const paths: (readonly string[])[] = [];
  const spelled = { ...config, drift: { ...config.drift!, services: [{ ...config.drift!.services[0]!, paths: [path] }] } };
  const history: Partial<History> = {
    async undeployed(question) {
      paths.push(question.paths);
      return known();
    },
  };
  await evaluate({ history }, spelled);
  expect(paths).toEqual([[asked]]);
});

test("a revision without traffic is not judged: only what serves counts", async () => {
  const { service } = await evaluate({ revisions: [revision, { name: "worker-2", commit: "b2", traffic: 0 }] });
  expect(service).toMatchObject({ verdict: "ok", serving: [{ revision: "worker-1" }] });
});

const away = () => Promise.reject(new Failure("transient", "no answer"));

test.for<[name: string, revisions: readonly Revision[]]>([
  ["its revisions take no traffic", [{ ...revision, traffic: 0 }]],
  ["it has no revision", []],
])("a service that nothing serves is a finding, whatever the history says: %s", async ([, revisions]) => {
  const { service } = await evaluate({ revisions, history: { tip: away } });
  expect(service).toMatchObject({ verdict: "finding", reason: "nothing-serves", serving: [], undeployed_count: 0 });
});

test.for<[name: string, sources: Sources, reason: string, cause: string]>([
  ["the service is not found", { revisions: undefined }, "service-not-found", "service worker"],
  ["the deployments cannot be read", { deployments: { revisions: away } }, "deployments-unreadable", "deployments"],
  ["the history cannot be read", { history: { undeployed: away } }, "history-unreadable", "history"],
  ["the newest commit cannot be read", { history: { tip: away } }, "history-unreadable", "history"],
  ["a path never existed", { undeployed: { ...known(), unknownPaths: ["shared"] } }, "path-never-existed", "path shared"],
  [
    "the history does not hold the serving commit",
    { undeployed: { ...known(), servingKnown: false } },
    "serving-commit-unknown",
    "commit a1",
  ],
])("unknown, never ok: %s", async ([, sources, reason, cause]) => {
  const { outcome, service, observation } = await evaluate(sources);
  expect(service).toMatchObject({ verdict: "unknown", reason });
  expect(outcome).toMatchObject({ verdict: "unknown", reason: service.text, cause });
  expect(observation).toEqual({
    subject: { kind: "service", service: "worker" },
    verdict: "unknown",
    severity: "yellow",
    title: "worker cannot be judged",
    facts: [service.text, "this says nothing about whether it is up to date"],
    next: ["kintsugi why unknown:drift:worker"],
    channel: "drift",
    cause,
  });
});

/** Two services, of which the second is called `gone`. */
const two: Config = {
  ...config,
  drift: { ...config.drift!, services: [config.drift!.services[0]!, { ...config.drift!.services[0]!, name: "gone" }] },
};

test("one service that cannot be looked at does not make the run blind, and the other is told as well", async () => {
  const { outcome } = await evaluate({ deployments: { revisions: async (name) => (name === "worker" ? [revision] : undefined) } }, two);
  expect(outcome).toMatchObject({ verdict: "ok", counts: { services: 2, unknown: 1 } });
  expect(outcome.observations).toMatchObject([{ verdict: "ok" }, { verdict: "unknown", cause: "service gone" }, { verdict: "ok" }]);
});

test("a branch that cannot be read makes the run blind, though a service that nothing serves is known to be bad", async () => {
  const deployments = { revisions: async (name: string) => (name === "worker" ? [revision] : []) };
  const { outcome } = await evaluate({ deployments, history: { tip: away } }, two);
  expect(outcome).toMatchObject({ verdict: "unknown", cause: "history", counts: { findings: 1, unknown: 1 } });
});

test("what an adapter says that it could not reach is the cause", async () => {
  const tip = () => Promise.reject(new Failure("transient", "no answer", { about: "github" }));
  expect((await evaluate({ history: { tip } })).outcome).toMatchObject({
    cause: "github",
    observations: [{ cause: "github" }, { verdict: "ok" }],
  });
});

test.for<[name: string, revisions: readonly Revision[], title: string, fact: string]>([
  ["settings", [{ ...revision, settings: { min_instances: 3 } }], "has other settings than expected", "min_instances is 3 (expected 0)"],
  ["no traffic", [{ ...revision, traffic: 0 }], "takes no traffic", "no revision of worker takes any traffic"],
  [
    "two revisions",
    [
      { ...revision, traffic: 50, settings: { min_instances: 0 } },
      { ...revision, name: "worker-2", traffic: 50, settings: { min_instances: "0" } },
    ],
    "splits its traffic",
    "no single revision takes all traffic: worker-1 50 %, worker-2 50 %",
  ],
])("the headline says what is wrong, and the first fact how it stands: %s", async ([, revisions, title, fact]) => {
  const [worker] = config.drift!.services;
  const asked = { ...config, drift: { ...config.drift!, services: [{ ...worker!, expect: { min_instances: 0 } }] } };
  expect((await evaluate({ revisions }, asked)).observation).toMatchObject({ title: `worker: ${title}`, facts: [fact] });
});

test("settings that are wrong as well are told beside old code", async () => {
  const [worker] = config.drift!.services;
  const asked = { ...config, drift: { ...config.drift!, services: [{ ...worker!, expect: { min_instances: 0 } }] } };
  const { observation } = await evaluate({ undeployed: known(commit("b2", "shared/a.py")) }, asked);
  expect(observation).toMatchObject({ title: "worker: serves old code", facts: { 3: "besides: min_instances is not set (expected 0)" } });
});

test("of many undeployed changes twenty are listed and all are counted", async () => {
  const many = Array.from({ length: 25 }, (_, index) => commit(`b${index}`, "shared/a.py"));
  const { service, observation } = await evaluate({ undeployed: known(...many) });
  expect(service.undeployed).toHaveLength(20);
  expect(service.undeployed_count).toBe(25);
  expect(observation).toMatchObject({ facts: { 1: "not deployed: b0 change b0, b1 change b1, b2 change b2 and 22 more" } });
});

test("what nobody watches is one finding for people, and stands in the ledger", async () => {
  const { outcome } = await evaluate({ deployments: { services: async () => ["worker", "cron", "admin"] } });
  expect(outcome.observations!.at(-1)).toMatchObject({
    subject: { kind: "unwatched" },
    verdict: "finding",
    severity: "info",
    title: "2 services run that nobody watches",
    facts: ["admin, cron"],
    targets: ["admin", "cron"],
  });
  expect(outcome.publish![0]!.data).toMatchObject({ unwatched: ["admin", "cron"] });
});

test("services that cannot be listed are unknown, and the others are judged", async () => {
  const { outcome } = await evaluate({ deployments: { services: away } });
  expect(outcome).toMatchObject({ verdict: "ok", observations: [{ verdict: "ok" }, { verdict: "unknown", cause: "deployments" }] });
});

test("a finding names who wrote what is missing, and when and by whom what serves was deployed", async () => {
  const { outcome } = await evaluate({
    revisions: [{ ...revision, created: "2026-02-04T10:00:00Z", by: "ci" }],
    undeployed: known({ ...commit("b2", "predictions/worker/a.py"), author: "Ann" }),
  });
  expect(outcome.observations![0]).toMatchObject({
    facts: [
      "worker-1 serves a1 and lacks 1 change",
      "not deployed: b2 change b2 (Ann)",
      "oldest undeployed change: 2 h old; worker-1 was deployed 2026-02-04 10:00Z by ci",
    ],
  });
});
