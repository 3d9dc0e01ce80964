import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfigValue } from "@kintsugi/config/load";
import { incidentId, incidentsCollection, indexCollection, indexId } from "@kintsugi/function-kit/incidents";
import { modeId, operatorCollection } from "@kintsugi/function-kit/mode";
import { watchCollection, watchId } from "@kintsugi/function-kit/watch";
import type { JsonObject } from "@kintsugi/ports/json";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Local, openLocal } from "./open-local.ts";
import { isUnwell, readStatus, type Status } from "./status.ts";

const START = Date.parse("2026-02-05T14:00:00Z");
const MINUTE_MS = 60_000;
const form = { version: 1, pipeline: "p", timezone: "UTC", healers: { closing: { batches: "b" } }, schedules: { cleanup: "15m" } };
let folder: string;
let nowMs: number;
let local: Local;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kintsugi-status-"));
  nowMs = START;
  const loaded = parseConfigValue(form, { file: join(folder, "kintsugi.yaml"), env: {} });
  if ("problems" in loaded) throw new Error(JSON.stringify(loaded.problems));
  local = openLocal(loaded.config, { clock: { now: () => nowMs }, say: () => {} });
});
afterEach(() => {
  local.close();
  rmSync(folder, { recursive: true });
});

async function store(collection: string, id: string, data: JsonObject): Promise<void> {
  await local.documents.commit({ writes: [{ op: "set", collection, id, data }], publish: [], outbox: "test" });
}

const silent = ({ functions }: Status): readonly string[] => functions.filter((one) => one.silent).map(({ name }) => name);

describe("silence", () => {
  test("nobody is silent who was never scheduled, however long ago the last run was", async () => {
    await store(watchCollection, watchId, { functions: { cleanup: { sinceMs: START, lastMs: START, verdict: "ok" } } });
    nowMs += 7 * 24 * 60 * MINUTE_MS;
    expect(silent(await readStatus(local))).toEqual([]);
  });

  test.for<[minutes: number, names: readonly string[]]>([
    [30, []],
    [31, ["cleanup"]],
  ])("who was scheduled by a host and did not run since is silent after two due times: %s min", async ([minutes, names]) => {
    local.bus.enqueueRun("cleanup", START);
    nowMs += minutes * MINUTE_MS;
    const status = await readStatus(local);
    expect(silent(status)).toEqual(names);
    expect(isUnwell(status)).toBe(names.length > 0);
  });

  test("nobody is silent in a mode, nor right after it", async () => {
    local.bus.enqueueRun("cleanup", START);
    const until = new Date(START + 120 * MINUTE_MS).toISOString();
    await store(operatorCollection, modeId, {
      mode: "maintenance",
      at: new Date(START).toISOString(),
      until,
      actor: "ann",
      reason: "moving",
    });
    nowMs += 60 * MINUTE_MS;
    expect(await readStatus(local)).toMatchObject({ mode: { mode: "maintenance", until, actor: "ann", reason: "moving" } });
    expect(silent(await readStatus(local))).toEqual([]);
    nowMs = START + 121 * MINUTE_MS;
    expect(await readStatus(local)).toMatchObject({ mode: { mode: "normal", until: null } });
    expect(silent(await readStatus(local))).toEqual([]);
    nowMs = START + 151 * MINUTE_MS;
    expect(silent(await readStatus(local))).toEqual(["cleanup"]);
  });
});

describe("incidents", () => {
  const incident = {
    key: "canary:raw.boxscores",
    subject: { kind: "check", phase: "raw", check: "boxscores" },
    state: "open",
    severity: "red",
    revision: 1,
    title: "boxscores fails",
    facts: [],
    next: [],
    channel: "canary",
    post: true,
    opened: "2026-02-05T13:30:00.000Z",
    last_seen: "2026-02-05T13:30:00.000Z",
    count: 1,
    explains: [],
    change: "opened",
    days: [{ day: "2026-02-04", what: "missing b", who: [] }],
    acknowledged_by: "ann",
    silenced_by: "eve",
    silenced_until: "2026-02-05T15:00:00.000Z",
    said: "on it",
  };
  const days = [
    { day: "2026-02-04", what: "missing b", who: [], state: "bad", sinceMs: START },
    { day: "2026-01-20", what: "missing a", who: [], state: "given_up", sinceMs: START },
    { day: "2026-01-19", what: "missing c", who: [], state: "closed", sinceMs: START },
  ];

  async function storeIncident(change: Partial<typeof incident>, state = "open"): Promise<void> {
    await store(incidentsCollection, incidentId(incident.key), { key: incident.key, days, incident: { ...incident, ...change, state } });
    const { post, opened, severity } = incident;
    await store(indexCollection, indexId, { standings: [{ key: incident.key, days: [], incident: { state, post, opened, severity } }] });
  }

  test("an open one stands with who has it, and a silence only while it lasts", async () => {
    await storeIncident({});
    expect((await readStatus(local)).incidents).toMatchObject([
      {
        key: incident.key,
        acknowledged_by: "ann",
        silenced_by: "eve",
        said: "on it",
        days: [{ day: "2026-02-04" }],
        flapping: false,
        root: null,
      },
    ]);
    nowMs += 61 * MINUTE_MS;
    expect((await readStatus(local)).incidents).toMatchObject([{ silenced_by: null, silenced_until: null }]);
  });

  test("days that were given up are holes, also of one that is resolved", async () => {
    await storeIncident({}, "resolved");
    const status = await readStatus(local);
    expect(status.incidents).toEqual([]);
    expect(status.holes).toEqual([{ key: incident.key, day: "2026-01-20", what: "missing a" }]);
  });

  test("only a critical one makes the answer no", async () => {
    await storeIncident({});
    expect(isUnwell(await readStatus(local))).toBe(false);
    await storeIncident({ severity: "critical" });
    expect(isUnwell(await readStatus(local))).toBe(true);
  });
});
