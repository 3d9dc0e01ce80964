import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import { seededRandom } from "@kintsugi/simulator/random";
import { expect, test } from "vitest";
import { message, request, startHostProcess } from "./support/host-process.ts";
import { startSlackServer } from "./support/slack-server.ts";

/** `npm test` kills a few times, KINTSUGI_DEEP=1 often. */
const KILLS = process.env["KINTSUGI_DEEP"] === undefined ? 6 : 20;
const PUBLISH = "/v1/projects/any/topics/healing:publish";

test(`a host that is killed ${KILLS} times loses nothing that it confirmed, counts nothing twice and tells nothing twice`, async () => {
  const folder = await mkdtemp(join(tmpdir(), "kintsugi-kill-"));
  const slack = await startSlackServer();
  const config = join(folder, "kintsugi.yaml");
  await writeFile(config, 'version: 1\npipeline: kill\ntimezone: UTC\nslack: { token: "${SLACK_BOT_TOKEN}" }\n');
  const env = { SLACK_BOT_TOKEN: "xoxb-for-tests-only", SLACK_API_URL: slack.url };
  const random = seededRandom(9);
  let host = await startHostProcess(config, env);
  let isOver = false;
  const confirmed = new Set<string>();

  async function client(): Promise<void> {
    for (let number = 0; !isOver;) {
      const id = `event-${number}`;
      try {
        const { status } = await request(host.url, "POST", PUBLISH, {
          messages: [message({ type: "healing.completed", healing_type: `type-${number % 5}`, target: id, id })],
        });
        if (status !== 200) throw new Error(String(status));
        confirmed.add(id);
        number++;
      } catch {
        await pause(20); // what was not confirmed is repeated, under the same id
      }
    }
  }

  const publishing = client();
  for (let kill = 0; kill < KILLS; kill++) {
    await pause(50 + random() * 250);
    await host.kill("SIGKILL");
    host = await startHostProcess(config, env);
  }
  await pause(300);
  isOver = true;
  await publishing;
  // A message whose sending was cut off is claimed for a minute, so that nobody sends it twice meanwhile.
  const limit = Date.now() + 75_000;
  for (;;) {
    const { body } = await request(host.url, "GET", "/status");
    if (Object.keys(body["pending"] as object).length === 0 || Date.now() > limit) break;
    await pause(100);
  }
  const { body: status } = await request(host.url, "GET", "/status");
  expect(status["pending"]).toEqual({});
  expect(status["dead_letters"]).toBe(0);
  expect(await host.kill("SIGINT")).toBe(130);

  const instance = await DuckDBInstance.create(join(folder, ".kintsugi", "ledger.duckdb"));
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll("select event_id from kintsugi.healing_events")).getRows().map(([id]) => String(id));
  connection.closeSync();
  instance.closeSync();
  await slack.close();
  await rm(folder, { recursive: true });

  expect(confirmed.size).toBeGreaterThan(KILLS);
  expect(rows.length, "each event once in the ledger").toBe(new Set(rows).size);
  expect(
    [...confirmed].filter((id) => !rows.includes(id)),
    "confirmed and not in the ledger",
  ).toEqual([]);
  const posts = slack.messages.filter(({ thread }) => thread === undefined).map(({ metadata }) => JSON.stringify(metadata));
  expect(posts.length).toBeGreaterThan(0);
  expect(posts.length, "each message once").toBe(new Set(posts).size);
}, 150_000);
