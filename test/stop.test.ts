import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { message, request, startHostProcess } from "./support/host-process.ts";
import { startSlackServer } from "./support/slack-server.ts";

const PUBLISH = "/v1/projects/any/topics/healing:publish";
const STOP_MS = 5_000;

async function until(isSo: () => boolean | Promise<boolean>, limitMs: number): Promise<void> {
  const endMs = Date.now() + limitMs;
  while (!(await isSo())) {
    if (Date.now() > endMs) throw new Error("it did not come to that in time");
    await pause(100);
  }
}

test("a host whose receiver hangs stops within 5 s, and tells by its next start what it had not, once", { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "kintsugi-stop-"));
  const slack = await startSlackServer();
  const config = join(folder, "kintsugi.yaml");
  await writeFile(config, 'version: 1\npipeline: stop\ntimezone: UTC\nslack: { token: "${SLACK_BOT_TOKEN}" }\n');
  const env = { SLACK_BOT_TOKEN: "xoxb-for-tests-only", SLACK_API_URL: slack.url };
  try {
    const first = await startHostProcess(config, env);
    slack.misbehave("silent");
    for (const type of ["one", "two"]) {
      const heals = [1, 2, 3].map((number) => message({ type: "healing.completed", healing_type: type, target: `${type}-${number}` }));
      await request(first.url, "POST", PUBLISH, { messages: heals });
    }
    await until(() => slack.messages.length > 0, 20_000);
    const began = performance.now();
    expect(await first.kill("SIGINT")).toBe(130);
    expect(performance.now() - began).toBeLessThan(STOP_MS);

    slack.misbehave(undefined);
    const second = await startHostProcess(config, env);
    const isDone = async (): Promise<boolean> =>
      Object.keys((await request(second.url, "GET", "/status")).body["pending"] as object).length === 0;
    await until(isDone, 90_000);
    await second.kill("SIGINT");
    const told = ["one", "two"].map((type) => slack.messages.filter(({ text }) => text.includes(`${type} healed`)).length);
    expect([slack.messages.length, ...told]).toEqual([2, 1, 1]);
  } finally {
    await slack.close();
    await rm(folder, { recursive: true });
  }
});
