/** Google's own emulators of Pub/Sub and Firestore, one process each for a test file. What is missing is an error, never a skipped test. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";

export type Emulators = { stop(): Promise<void> };

const START_MS = 60_000;

/** Sets the variables that make Google's clients talk to the emulators. */
export async function startEmulators(): Promise<Emulators> {
  const platform = join(sdkRoot(), "platform");
  const folder = await mkdtemp(join(tmpdir(), "kintsugi-emulators-"));
  const started = await Promise.all([
    start("PUBSUB_EMULATOR_HOST", join(platform, "pubsub-emulator/bin/cloud-pubsub-emulator"), (port) => [
      "--host=127.0.0.1",
      `--port=${port}`,
    ]),
    start("FIRESTORE_EMULATOR_HOST", join(platform, "cloud-firestore-emulator/cloud_firestore_emulator"), (port) => [
      "start",
      "--host=127.0.0.1",
      `--port=${port}`,
    ]),
  ]);
  // Without it the clients look for a metadata server, and wait for its silence.
  process.env["METADATA_SERVER_DETECTION"] = "none";
  return {
    async stop() {
      for (const child of started) if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };

  async function start(variable: string, program: string, words: (port: number) => string[]): Promise<ChildProcess> {
    if (!existsSync(program)) throw new Error(`missing: ${program}. Install the emulators of the Google Cloud SDK (they need Java)`);
    const port = await freePort();
    // Its own group, since these are scripts that start Java.
    const child = spawn(program, words(port), { detached: true, stdio: "ignore", cwd: folder });
    await answers(`http://127.0.0.1:${port}/`, child, program);
    process.env[variable] = `127.0.0.1:${port}`;
    return child;
  }
}

function sdkRoot(): string {
  const { stdout } = spawnSync("sh", ["-c", "command -v gcloud"], { encoding: "utf8" });
  if (stdout.trim() === "") throw new Error("missing: gcloud. Install the Google Cloud SDK with its Pub/Sub and Firestore emulators");
  return join(realpathSync(stdout.trim()), "../..");
}

async function answers(url: string, child: ChildProcess, program: string): Promise<void> {
  for (const until = Date.now() + START_MS; Date.now() < until;) {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}: is Java installed?`);
    try {
      await fetch(url);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error(`${program} does not answer`);
}
