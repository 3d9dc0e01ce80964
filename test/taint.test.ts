/** A secret that is put into everything that comes in is in nothing that goes out. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { configuration, consumers, push, samples, strangerStage } from "./support/stranger-stage.ts";

/** One that its form tells, and one that only the environment tells. */
const TOKEN = ["gh", "p_", "T4int3dT4int3d".repeat(3)].join("");
const PLAIN = "Correct Horse 77 Battery";
const SECRETS = [TOKEN, PLAIN];
const env = { OPS_HOOK: `http://127.0.0.1:9/${PLAIN}`, OPS_SECRET: PLAIN, TEAM_FILTER: `team-${PLAIN}` };
const more = { receivers: { ops: { webhook: "${OPS_HOOK}", secret: "${OPS_SECRET}", min_severity: "info" } } };

function expectClean(text: string, where: string): void {
  const forms = SECRETS.flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]);
  // What is kept of a dead letter is base64, in documents and in events.
  const kept = [...text.matchAll(/[A-Za-z0-9+/]{40,}={0,2}/g)].map(([encoded]) => Buffer.from(encoded, "base64").toString("latin1"));
  const found = [text, ...kept].flatMap((told) => forms.filter((form) => told.includes(form)).map((form) => around(told, form)));
  expect({ where, found }).toEqual({ where, found: [] });
}

function around(text: string, form: string): string {
  const at = text.indexOf(form);
  return text.slice(Math.max(0, at - 80), at + form.length + 20);
}

/** An event with the secret in each text of it. */
function tainted(sample: object, secret: string): object {
  const texts = Object.entries(sample).map(([key, value]) => [key, typeof value === "string" && key === "title" ? `x ${secret}` : value]);
  return { ...Object.fromEntries(texts), id: `id-${secret}`, source: `from ${secret}`, subject: `about ${secret}` };
}

test.for(consumers.flatMap((consumer) => SECRETS.map((secret) => [consumer.name, secret, consumer] as const)))(
  "%s keeps %s to itself, wherever an event holds it",
  async ([name, secret, declaration]) => {
    const stage = strangerStage(declaration, { more, env });
    const sample = samples[name]!;
    const answers: unknown[] = [];
    const send = async (body: string, headers: Record<string, string> = {}): Promise<void> =>
      void answers.push(await stage.send(body, headers));
    const heal = {
      trigger_reason: secret,
      action_taken: secret,
      target: secret,
      cause: secret,
      metadata: { [secret]: secret, a: [secret] },
    };
    const words = { title: secret, facts: [secret], next: [secret], runbook: secret, reason: secret, actor: secret };
    await send(push(JSON.stringify(tainted(sample, secret))));
    await send(
      push(JSON.stringify({ ...tainted(sample, secret), ...heal, ...words, before_state: { a: secret }, after_state: { [secret]: 1 } })),
    );
    await send(push(JSON.stringify({ ...sample, id: "attributes" }), { [`x-${secret}`]: secret, "ce-source": secret, "ce-id": secret }));
    await send(push(JSON.stringify({ ...sample, type: `unknown.${secret}` }), { [secret]: secret }));
    await send(push(`not JSON ${secret}`, { note: secret }));
    await send(push(JSON.stringify({ ...sample, severity: secret, healing_type: 7, [secret]: secret })));
    await send(`not an envelope ${secret}`, { "x-note": secret });
    await send(JSON.stringify({ message: { data: "%%%", messageId: secret, attributes: { [secret]: secret } } }));
    await send(JSON.stringify({ specversion: secret, id: secret, type: secret }));
    expect(answers.length).toBe(9);
    expectClean(JSON.stringify(answers), "an answer");
    expectClean(stage.left(), "what left");
    stage.close();
  },
);

describe("the local host", () => {
  const folder = mkdtempSync(join(tmpdir(), "kintsugi-taint-"));
  const file = join(folder, "kintsugi.yaml");
  afterAll(() => rmSync(folder, { recursive: true }));
  const given = {
    ...configuration,
    ...more,
    runtime: { local: ".kintsugi" },
    warehouse: { duckdb: "w.duckdb" },
    phases: {
      load: { checks: { rows: { table: "t", where: "team = '${TEAM_FILTER}'", metrics: { rows: { count: "*", fail: "< 1" } } } } },
      report: {},
    },
  };

  /** What a person types, and what it answers on both streams. */
  function type(args: readonly string[], input = ""): string {
    const bin = join(import.meta.dirname, "../bin/kintsugi.mjs");
    const { stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
      cwd: folder,
      input,
      encoding: "utf8",
      env: { ...process.env, ...env },
    });
    return stdout + stderr;
  }

  test("no verb and no file tells what came in by the environment, a document, an error or an event", { timeout: 240_000 }, async () => {
    writeFileSync(file, JSON.stringify(given));
    expect(type(["config", "check"])).toContain("right");
    // There is no such table: what the warehouse says quotes the statement.
    await makeWarehouse(join(folder, "w.duckdb"));
    const heal = {
      type: "healing.completed",
      healing_type: "retry",
      target: TOKEN,
      trigger_reason: PLAIN,
      metadata: { password: "hunter22", note: TOKEN },
    };
    const said: string[] = [];
    said.push(type(["publish", "healing", "-"], JSON.stringify(heal)));
    said.push(type(["publish", "healing", "-"], `{"type":"${TOKEN}"}`));
    said.push(type(["publish", "healing", "-"], `broken ${PLAIN} ${TOKEN}`));
    said.push(type(["doc", "set", "batches/b1", JSON.stringify({ expected: 3, note: TOKEN })]));
    said.push(type(["run", "--once"]));
    const verbs = [
      "status",
      "status --json",
      "analyze",
      "heal list",
      "sql",
      "sql --json",
      "why healing-tracker",
      "why unknown:canary --json",
    ];
    for (const verb of [...verbs, "doc list kintsugi_dead_letters", "doc list kintsugi_incidents"]) said.push(type(verb.split(" ")));
    const letters = JSON.parse(type(["dead-letters", "list", "--json"])) as { dead_letters: { id: string }[] };
    expect(letters.dead_letters.length).toBe(2);
    for (const { id } of letters.dead_letters) said.push(type(["dead-letters", "show", id]));
    expect(said.join("\n")).toContain("${TEAM_FILTER}");
    for (const [index, text] of said.entries()) expectClean(text, `answer ${index}`);
    // The user's own document is the user's.
    for (const name of readdirSync(join(folder, ".kintsugi"))) {
      const bytes = readFileSync(join(folder, ".kintsugi", name));
      expect({ name, holds: bytes.includes(PLAIN) }).toEqual({ name, holds: false });
    }
  });
});

async function makeWarehouse(path: string): Promise<void> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(path);
  (await instance.connect()).closeSync();
  instance.closeSync();
}
