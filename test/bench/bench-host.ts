/** The real local host in a process and a folder of its own, as the measurements use it. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type HostProcess, message, request, startHostProcess } from "../support/host-process.ts";

export type BenchHost = {
  /** Resolves when the host has confirmed that all are stored. */
  publish(events: readonly object[]): Promise<void>;
  /** Resolves when every function has handled all that was published and all that followed from it. */
  drained(): Promise<void>;
  readonly process: HostProcess;
  /** Where its two stores are. */
  readonly stores: string;
};

const POLL_MS = 5;
const FOLLOWS_MS = 60_000;

export async function startBenchHost(folder: string, configuration: string, slackUrl: string): Promise<BenchHost> {
  await mkdir(folder);
  const config = join(folder, "kintsugi.yaml");
  await writeFile(config, `version: 1\npipeline: bench\ntimezone: UTC\nslack: { token: "\${SLACK_BOT_TOKEN}" }\n${configuration}`);
  const host = await startHostProcess(config, { SLACK_BOT_TOKEN: "xoxb-for-measuring-only", SLACK_API_URL: slackUrl });
  return {
    process: host,
    stores: join(folder, ".kintsugi"),
    async publish(events) {
      const { status, body } = await request(host.url, "POST", "/v1/projects/bench/topics/healing:publish", {
        messages: events.map(message),
      });
      if (status !== 200) throw new Error(`the host answered ${status}: ${JSON.stringify(body)}`);
    },
    async drained() {
      for (const deadline = performance.now() + FOLLOWS_MS; ; await pause(POLL_MS)) {
        const { body } = await request(host.url, "GET", "/status");
        if (Object.keys(body["pending"] as object).length === 0) return;
        if (performance.now() > deadline) throw new Error(`still pending after ${FOLLOWS_MS} ms: ${JSON.stringify(body["pending"])}`);
      }
    },
  };
}
