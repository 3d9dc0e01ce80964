/** The deployed functions, each in its own process behind functions-framework, and a bridge that delivers to them as push subscriptions do. */

import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import type { FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import { freePort } from "./free-port.ts";
import { type Pulled, subscribe, type Subscription } from "./pubsub-pull.ts";

export type CloudFunction = { readonly name: string; readonly url: string; readonly pid: number; stop(): void };

type Environment = Readonly<Record<string, string>>;
type Start = { readonly words: readonly string[]; readonly directory?: string; readonly environment: Environment };

const START_MS = 30_000;
/** Short, since a cold start is measured by it. */
const POLL_MS = 5;
const framework = createRequire(new URL("../../packages/gcp/package.json", import.meta.url))
  .resolve("@google-cloud/functions-framework")
  .replace(/index\.js$/, "main.js");

/** From its sources. */
export async function startFunction(name: string, environment: Environment): Promise<CloudFunction> {
  const source = resolve(import.meta.dirname, `../../services/${name}/src/main.ts`);
  return await start(name, { words: [framework, `--target=${name}`, `--source=${source}`], environment });
}

/** As the buildpack does: in the folder itself, by the framework that is installed there, with the function's name in the environment. */
export async function startBundle(name: string, directory: string, environment: Environment): Promise<CloudFunction> {
  const installed = join(directory, "node_modules/@google-cloud/functions-framework/build/src/main.js");
  return await start(name, { words: [installed], directory, environment: { FUNCTION_TARGET: name, ...environment } });
}

/** @throws with what it said when it ends instead */
async function start(name: string, { words, directory, environment }: Start): Promise<CloudFunction> {
  const port = await freePort();
  const child = spawn(process.execPath, words, {
    cwd: directory,
    env: { ...process.env, ...environment, PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: string[] = [];
  child.stdout.on("data", (text: Buffer) => output.push(text.toString()));
  child.stderr.on("data", (text: Buffer) => output.push(text.toString()));
  const url = `http://127.0.0.1:${port}`;
  await answers(url, child, () => `${name}: ${output.join("")}`);
  return { name, url, pid: child.pid!, stop: () => void child.kill("SIGKILL") };
}

async function answers(url: string, child: ChildProcess, said: () => string): Promise<void> {
  for (const until = Date.now() + START_MS; Date.now() < until;) {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${said()}`);
    try {
      await fetch(`${url}/robots.txt`);
      return;
    } catch {
      await new Promise((done) => setTimeout(done, POLL_MS));
    }
  }
  throw new Error(`does not answer: ${said()}`);
}

export type Bridge = {
  /** Delivers, every message twice, until the topics are empty. Returns how many messages were delivered. */
  deliverAll(): Promise<number>;
};

/** One subscription per function and topic, as infrastructure makes them. */
export async function bridge(
  project: string,
  functions: readonly (CloudFunction & { declaration: FunctionDeclaration })[],
): Promise<Bridge> {
  const lines: { subscription: Subscription; topic: string; url: string }[] = [];
  for (const { name, url, declaration } of functions) {
    for (const topic of declaration.subscribes)
      lines.push({ subscription: await subscribe(project, topic, `${name}-${topic}`), topic, url });
  }
  async function deliver({ subscription, topic, url }: (typeof lines)[number]): Promise<number> {
    const pulled = await subscription.pull();
    for (const message of pulled) {
      const statuses = [await push(url, topic, message), await push(url, topic, message)];
      if (statuses.every((status) => status < 300)) await subscription.acknowledge([message.ackId]);
    }
    return pulled.length;
  }
  return {
    async deliverAll() {
      for (let total = 0, quietRounds = 0; ;) {
        const counts = await Promise.all(lines.map(deliver));
        const sum = counts.reduce((all, count) => all + count, 0);
        total += sum;
        quietRounds = sum === 0 ? quietRounds + 1 : 0;
        if (quietRounds === 3) return total;
      }
    },
  };
}

/** Each subscription has its own path. Answers with the status. */
export async function push(url: string, topic: string, message: Omit<Pulled, "ackId">): Promise<number> {
  const { attributes, data, messageId } = message;
  const response = await fetch(`${url}/events/${topic}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ message: { attributes, data: data.toString("base64"), messageId }, subscription: "any" }),
  });
  await response.arrayBuffer();
  return response.status;
}
