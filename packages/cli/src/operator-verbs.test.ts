import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { typeCommand } from "./type-command.ts";

const NOW = Date.parse("2026-02-05T14:00:00Z");
const CONFIG = `version: 1
pipeline: typed
timezone: America/New_York
healers:
  batch_cleanup: { batches: prediction_batches, fields: { expected: expected, completed: completed } }
patterns:
  broken: { on: healing.completed, by: healing_type, failure_rate: "> 20%", min_events: 5, within: 24h, severity: info }
`;
const KEY = "pattern:broken:retry";
let folder: string;

beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "kintsugi-operator-"))));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  rmSync(join(folder, ".kintsugi"), { recursive: true, force: true });
  writeFileSync(join(folder, "kintsugi.yaml"), CONFIG);
});

type Given = { readonly input?: string; readonly now?: number };

const type = (words: string, given: Given = {}) => typeCommand(words.split(" "), { directory: folder, now: NOW, ...given });

async function answer(words: string, given: Given = {}): Promise<Record<string, unknown>> {
  const { out } = await type(`${words} --json`, given);
  return JSON.parse(out) as Record<string, unknown>;
}

async function openIncident(): Promise<void> {
  const heals = [1, 2, 3, 4, 5].map((number) =>
    JSON.stringify({
      type: "healing.completed",
      healing_type: "retry",
      id: `h${number}`,
      time: "2026-02-05T13:30:00Z",
      outcome: "ineffective",
    }),
  );
  await type("publish healing -", { input: heals.join("\n") });
  expect((await type("run --once")).code).toBe(1);
}

describe("what is said of an incident", () => {
  test("ack is stored, says so, and is shown with who it was when the functions have run", async () => {
    await openIncident();
    const typed = await type(`ack ${KEY} --reason looking`);
    expect(typed).toEqual({
      code: 0,
      out: `stored: acknowledged ${KEY}\n`,
      said: "it takes effect when the functions run next: kintsugi run, or kintsugi run --once\n",
    });
    await type("run --once");
    expect(await answer("status")).toMatchObject({ incidents: [{ key: KEY, acknowledged_by: "ann", said: "looking" }] });
    expect((await type("status")).out).toContain("acknowledged by ann: “looking”");
    expect((await type(`why ${KEY}`)).out).toContain(`ann acknowledged ${KEY}: “looking”`);
  });

  test("silence takes a time in the pipeline's zone, and an actor", async () => {
    await openIncident();
    const said = await answer(`silence ${KEY} --until 2026-02-05T15:00 --reason deploy --actor eve`);
    expect(said).toEqual({
      type: "incident.silenced",
      incident: KEY,
      actor: "eve",
      reason: "deploy",
      until: "2026-02-05T20:00:00.000Z",
      message_id: expect.any(String) as string,
      handled: false,
    });
    await type("run --once");
    expect(await answer("status")).toMatchObject({
      incidents: [{ key: KEY, silenced_by: "eve", silenced_until: "2026-02-05T20:00:00.000Z" }],
    });
    expect((await type("status")).out).toContain("silenced by eve until 2026-02-05 20:00Z: “deploy”");
  });

  test("close ends it", async () => {
    await openIncident();
    expect((await type(`close ${KEY} --reason known`)).out).toBe(`stored: closed ${KEY}\n`);
    await type("run --once");
    expect(await answer("status")).toMatchObject({ incidents: [] });
  });

  test.for<[words: string, said: string]>([
    [`ack pattern:broken:rerty --reason x`, `there is no open incident pattern:broken:rerty; did you mean ${KEY}?`],
    [`silence pattern:broken:rerty --reason x --until 4h`, `did you mean ${KEY}?`],
    [`close pattern:broken:rerty --reason x`, `did you mean ${KEY}?`],
    [`close ${KEY} --reason x --day 2026-02-04`, `${KEY} is about no days: close it without --day`],
  ])("%s is 2 and names the nearest", async ([words, said]) => {
    await openIncident();
    const typed = await type(words);
    expect(typed).toMatchObject({ code: 2, out: "" });
    expect(typed.said).toContain(said);
    expect((await answer("status"))["pending"]).toEqual({});
  });
});

test("a mode is set until a time, shown with its reason, and ends", async () => {
  expect((await type("mode maintenance --until 2h --reason moving")).out).toBe("stored: mode maintenance until 2026-02-05 16:00Z\n");
  await type("run --once");
  expect(await answer("status")).toMatchObject({
    mode: { mode: "maintenance", until: "2026-02-05T16:00:00.000Z", reason: "moving", actor: "ann" },
  });
  expect((await type("status")).out).toContain("mode: maintenance until 2026-02-05 16:00Z (ann: moving)");
  expect(await answer("status", { now: NOW + 7_200_000 })).toMatchObject({ mode: { mode: "normal" } });
});

test("a healer is paused and resumed", async () => {
  expect((await type("pause batch_cleanup --reason migration --until 4h")).out).toBe(
    "stored: paused batch_cleanup until 2026-02-05 18:00Z\n",
  );
  await type("run --once");
  const pause = { healer: "batch_cleanup", actor: "ann", reason: "migration", until: "2026-02-05T18:00:00.000Z" };
  expect(await answer("status")).toMatchObject({ pauses: [pause] });
  expect((await type("status")).out).toContain("paused: batch_cleanup until 2026-02-05 18:00Z (ann: migration)");
  await type("resume --reason migrated", { now: NOW + 1_000 });
  await type("run --once", { now: NOW + 2_000 });
  expect(await answer("status", { now: NOW + 3_000 })).toMatchObject({ pauses: [] });
});

test("a heal waits for its proof in the list, and its target can be released, not applied", async () => {
  const batch = { expected: 20, completed: 19, is_complete: false, created_at: "2026-02-05T13:00:00Z", updated_at: "2026-02-05T13:10:00Z" };
  await typeCommand(["doc", "set", "prediction_batches/one", JSON.stringify(batch)], { directory: folder, now: NOW });
  await type("run --once");
  const { heals } = (await answer("heal list")) as { heals: { healing_id: string }[] };
  expect(heals).toMatchObject([
    { healer: "batch_cleanup", target: "one", state: "pending", attempts: 1, acted: "2026-02-05T14:00:00.000Z" },
  ]);
  expect((await type("heal list")).out).toContain("waits for its proof");
  expect((await type(`heal apply ${heals[0]!.healing_id} --reason y`)).said).toContain(
    "nothing is proposed: batch_cleanup heals by itself",
  );
  expect((await type("heal release on --reason y")).said).toContain("did you mean one?");
  expect((await type("heal release one --reason fixed")).out).toBe("stored: released one to batch_cleanup\n");
});

describe("a gate", () => {
  beforeEach(async () => {
    await type("publish healing -", { input: JSON.stringify({ type: "healing.completed", healing_type: "retry" }) });
    await type("run --once");
    copyFileSync(join(folder, ".kintsugi", "ledger.duckdb"), join(folder, "w.duckdb"));
    const check = (name: string, fail: string): string =>
      `${name}: { table: kintsugi.healing_events, metrics: { rows: { count: "*", fail: "${fail}" } } }`;
    writeFileSync(
      join(folder, "kintsugi.yaml"),
      `${CONFIG}warehouse: { duckdb: w.duckdb }
phases: { raw: { checks: { ${check("some", "< 1")}, ${check("many", "< 9")} } }, load: {} }
gates:
  some-to-load: { before: load, checks: [raw.some] }
  many-to-load: { before: load, checks: [raw.many] }
`,
    );
  });

  test("asked, it answers 0 where the phase may proceed, and 1 with the reason where it may not", async () => {
    expect(await type("gate ask some-to-load --day 2026-02-04 --consumer load")).toMatchObject({
      code: 0,
      out: expect.stringContaining("proceed for 2026-02-04: it may proceed") as string,
    });
    const blocked = await type("gate ask many-to-load --day 2026-02-04 --consumer load --json");
    expect(blocked.code).toBe(1);
    expect(JSON.parse(blocked.out)).toMatchObject({ gate: "many-to-load", day: "2026-02-04", consumer: "load", can_proceed: false });
    await type("run --once");
    expect((await type("why gate:many-to-load --day 2026-02-04")).out).toContain("block for load, day 2026-02-04");
  });

  test("a question can be an override of its own, with who, why and until when", async () => {
    const typed = await type("gate ask many-to-load --day 2026-02-04 --context override --reason checked --until 2h --json");
    expect(typed.code).toBe(0);
    expect(JSON.parse(typed.out)).toMatchObject({ override: { actor: "ann", reason: "checked", expires: "2026-02-05T16:00:00.000Z" } });
  });

  test("it is overridden for a day and waives an entity; a mistyped one is 2", async () => {
    expect((await type("gate override many-to-load --day 2026-02-04 --until 2h --reason checked")).out).toBe(
      "stored: overrode many-to-load for 2026-02-04 until 2026-02-05 16:00Z\n",
    );
    expect((await type("waive many-to-load g7 --reason cancelled")).out).toBe("stored: waived g7 at many-to-load\n");
    for (const words of ["gate ask many-to-laod", "waive many-to-laod g7 --reason x", "gate override many-to-laod --until 2h --reason x"])
      expect(await type(words)).toMatchObject({ code: 2, out: "", said: expect.stringContaining("did you mean many-to-load?") as string });
    expect((await type("gate override many-to-load --day 2026-02-30 --until 2h --reason x")).said).toContain("day: Invalid ISO date");
  });
});

describe("dead letters", () => {
  async function letterOf(input: string): Promise<string> {
    await type("publish healing -", { input });
    await type("run --once");
    const { dead_letters } = (await answer("dead-letters list")) as { dead_letters: { id: string }[] };
    expect(dead_letters).toHaveLength(1);
    return dead_letters[0]!.id;
  }

  test("one is listed, shown with its bytes, and replayed: the message comes again as it was", async () => {
    const id = await letterOf("not json");
    expect((await type("dead-letters list")).out).toContain(id);
    expect((await type(`dead-letters show ${id}`)).out).toMatch(/can be replayed[\s\S]*not json/);
    expect(await type(`dead-letters replay ${id} --reason again`)).toMatchObject({ code: 0, out: `replayed ${id}\n` });
    expect(await answer("status")).toMatchObject({ dead_letters: 0, pending: { "healing-tracker": 1, "pattern-detector": 1 } });
    await type("run --once");
    expect((await answer("dead-letters list"))["dead_letters"]).toMatchObject([{ data: Buffer.from("not json").toString("base64") }]);
    expect((await type(`why ${id}`)).out).toContain("ann replayed it: again");
  });

  test("one is dropped, and who did it is kept", async () => {
    const id = await letterOf("not json");
    expect(await answer(`dead-letters drop ${id} --reason mistake --actor eve`)).toEqual({
      id,
      done: "dropped",
      actor: "eve",
      reason: "mistake",
    });
    expect((await type("dead-letters list")).out).toBe("no dead letters\n");
    expect((await type(`why ${id}`)).out).toContain("eve dropped it: mistake");
    expect((await type(`dead-letters drop ${id} --reason mistake`)).code).toBe(2);
  });

  test("one whose secrets were hidden cannot be replayed, and stays", async () => {
    const id = await letterOf("not json, password=hunter22");
    expect(await type(`dead-letters replay ${id} --reason again`)).toMatchObject({
      code: 2,
      out: "",
      said: `${id} cannot be replayed: secrets in it were hidden before it was kept: send it again from where it came\n`,
    });
    expect(await answer("status")).toMatchObject({ dead_letters: 1 });
  });

  test("a word that was refused is acted on when it is replayed, once what it is about is there", async () => {
    await type("publish operator -", {
      input: JSON.stringify({ type: "incident.acknowledged", incident: KEY, actor: "eve", reason: "early" }),
    });
    await type("run --once");
    const [letter] = (await answer("dead-letters list"))["dead_letters"] as { id: string; reason: string }[];
    expect(letter?.reason).toContain(KEY);
    await openIncident();
    await type(`dead-letters replay ${letter!.id} --reason open`);
    await type("run --once");
    expect(await answer("status")).toMatchObject({ dead_letters: 0, incidents: [{ key: KEY, acknowledged_by: "eve" }] });
  });
});
