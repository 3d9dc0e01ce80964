import type { DriftEvaluated, ServiceDrift } from "@kintsugi/events/drift";
import { fit } from "@kintsugi/events/fit";
import { expect, test } from "vitest";
import { shorterServices } from "./trim-services.ts";

const time = "2026-02-05T12:00:00Z";
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));

function service(name: string, change: Partial<ServiceDrift> = {}): ServiceDrift {
  return {
    service: name,
    verdict: "finding",
    reason: "stale",
    text: `${name}-1 serves a1 and lacks 25 changes`,
    severity: "red",
    serving: [{ revision: `${name}-1`, commit: "a1", traffic: 100 }],
    undeployed: times(20, (at) => ({ sha: `${at}`.padStart(40, "0"), message: `change ${at}`, arrived: time })),
    undeployed_count: 25,
    age_seconds: 7_200,
    settings: [],
    command: `./deploy.sh ${name}`,
    ...change,
  };
}
const commits = (message: string): Partial<ServiceDrift> => ({
  undeployed: times(20, () => ({ sha: "a".repeat(40), message, arrived: time })),
});

test.for<[name: string, services: readonly ServiceDrift[]]>([
  ["30 services that lack 25 commits", times(30, (at) => service(`s${at}`, commits("x".repeat(200))))],
  ["messages of three bytes per character", times(30, (at) => service(`s${at}`, commits("界".repeat(200))))],
  ["messages of pictographs", times(30, (at) => service(`s${at}`, commits("🤕".repeat(100))))],
  ["very long texts", times(30, (at) => service(`s${at}`, { text: "away ".repeat(20_000), command: "x".repeat(5_000) }))],
  [
    "very many revisions",
    times(30, (at) => service(`s${at}`, { serving: times(100, () => ({ revision: "r".repeat(60), commit: "c", traffic: 1 })) })),
  ],
  [
    "very large settings",
    times(30, (at) => service(`s${at}`, { settings: [{ name: "env", expected: 1, actual: { all: "x".repeat(9_000) } }] })),
  ],
  ["200 services", times(200, (at) => service(`service-with-a-name-${at}`))],
])("%s stay below 48 KiB, each with its verdict, and with whole characters", ([, services]) => {
  const fitted = fit<DriftEvaluated>({ due: time, services: [...services], unwatched: [] }, shorterServices);
  expect(Buffer.byteLength(JSON.stringify(fitted))).toBeLessThanOrEqual(48 * 1024);
  expect(fitted.services.map(({ service: name, verdict, undeployed_count }) => [name, verdict, undeployed_count])).toEqual(
    services.map(({ service: name }) => [name, "finding", 25]),
  );
  expect(JSON.stringify(fitted)).not.toMatch(/\\ud/);
});

test("a command is never cut: half of one may do something else", () => {
  const long = service("s", { command: `./deploy.sh ${"x".repeat(150)}` });
  const commands = shorterServices.map((shorter) => shorter({ due: time, services: [long], unwatched: [] }).services[0]!.command);
  expect(commands).toEqual([long.command, undefined, undefined, undefined, undefined]);
});
