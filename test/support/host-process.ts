/** A host in a process of its own, which tests may kill. */

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

export type HostProcess = {
  readonly url: string;
  readonly pid: number;
  /** Nobody reads any more what it says. */
  stopListening(): void;
  kill(signal: "SIGKILL" | "SIGINT"): Promise<number | null>;
  readonly exited: Promise<number | null>;
};

const ROOT = join(import.meta.dirname, "..", "..");
const MAIN = join(ROOT, "packages", "cli", "src", "main.ts");
/** As bin/kintsugi.mjs has it: a host that is started often starts sooner. */
const NODE_COMPILE_CACHE = join(ROOT, "node_modules", ".cache", "kintsugi");
export const TOKEN = "a-token-for-tests";

/** @throws with what the host said when it does not start */
export async function startHostProcess(config: string, env: Readonly<Record<string, string>> = {}): Promise<HostProcess> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", MAIN, "run", "--port", "0", "--config", config], {
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], KINTSUGI_TOKEN: TOKEN, NODE_COMPILE_CACHE, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = new Promise<number | null>((resolve) => void child.once("exit", (code) => resolve(code)));
  const url = await firstLine(child, exited);
  return {
    url,
    pid: child.pid!,
    stopListening() {
      child.stdout.destroy();
      child.stderr.destroy();
    },
    exited,
    async kill(signal) {
      child.kill(signal);
      return await exited;
    },
  };
}

async function firstLine(child: ChildProcess, exited: Promise<number | null>): Promise<string> {
  let [out, complaints] = ["", ""];
  child.stderr!.on("data", (chunk: Buffer) => void (complaints += chunk.toString()));
  const listening = new Promise<string>((resolve) => {
    child.stdout!.on("data", (chunk: Buffer) => {
      out += chunk.toString();
      const match = /listening on (\S+)/.exec(out);
      if (match !== null) resolve(match[1]!);
    });
  });
  const gone = exited.then((code) => {
    throw new Error(`the host ended with ${code}: ${complaints}`);
  });
  return await Promise.race([listening, gone]);
}

export async function request(
  url: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

export function message(event: object): { data: string } {
  return { data: Buffer.from(JSON.stringify(event)).toString("base64") };
}
