/** The steps of the Dockerfile in a plain folder, without Docker: build, install, run, and be asked whether all is well. */

import { execFile, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "../scripts/build/bundle.ts";

const run = promisify(execFile);
const LIMIT_MS = 400_000;
const CONFIG = "version: 1\npipeline: shop\ntimezone: UTC\n";
let folder: string;

type Instruction = { readonly stage: number; readonly name: string; readonly rest: string };

function dockerfile(): readonly Instruction[] {
  let stage = -1;
  return readFileSync(join(ROOT, "infra/vm/Dockerfile"), "utf8")
    .split("\n")
    .flatMap((line) => {
      const match = /^([A-Z]+) (.*)$/.exec(line);
      if (match === null) return [];
      const [, name, rest] = match as unknown as [string, string, string];
      if (name === "FROM") stage++;
      return [{ stage, name, rest }];
    });
}

const instructions = dockerfile();
const restOf = (name: string): string => instructions.findLast((each) => each.name === name)!.rest;

/** The image's paths are folders here; its packages and its user are the machine's own. */
function here(step: string): string {
  return step.replaceAll(/(?<![\w.])\/(src|tmp|var)\b/g, `${folder}/$1`).replace(" -o node -g node", "");
}

async function perform({ stage, name, rest }: Instruction): Promise<void> {
  const source = join(folder, "src");
  const step = name === "COPY" ? `cp ${rest.replace("--from=build ", "")}` : rest;
  if (name === "COPY" && rest === ". .") await copyCheckout(source);
  else if (!step.includes("apt-get"))
    await run("sh", ["-c", here(step)], { cwd: stage === 0 ? source : folder, env: environment(), timeout: LIMIT_MS });
}

/** What git has, and what it will have: as .dockerignore leaves it. */
async function copyCheckout(target: string): Promise<void> {
  const { stdout } = await run("git", ["ls-files", "-co", "--exclude-standard", "-z"], { cwd: ROOT });
  for (const path of stdout.split("\0").filter((each) => each !== "")) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    cpSync(join(ROOT, path), join(target, path));
  }
}

/** Of a machine where nothing is set up: its own Node, its own npm. */
function environment(): Record<string, string> {
  const prefix = join(folder, "usr");
  const path = `${join(prefix, "bin")}:/usr/local/bin:/usr/bin:/bin`;
  return { PATH: path, HOME: process.env["HOME"] ?? folder, npm_config_prefix: prefix, npm_config_prefer_offline: "true" };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "kintsugi-image-"));
  for (const name of ["tmp", "usr", "src"]) mkdirSync(join(folder, name));
  for (const each of instructions.filter(({ name }) => name === "COPY" || name === "RUN")) await perform(each);
}, LIMIT_MS);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const words = [...(JSON.parse(restOf("ENTRYPOINT")) as string[]), ...(JSON.parse(restOf("CMD")) as string[])];
const workdir = (): string => here(restOf("WORKDIR"));

async function kintsugi(...given: string[]): Promise<string> {
  return (await run("kintsugi", given, { cwd: workdir(), env: environment() })).stdout;
}

async function healthy(): Promise<boolean> {
  const command = restOf("HEALTHCHECK").replace(/^.*? CMD /, "");
  return await run("sh", ["-c", command], { cwd: workdir(), env: environment() }).then(
    () => true,
    () => false,
  );
}

test("what npm has installed works under the Node that comes with it, the demonstration too", async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  expect(await kintsugi("--version")).toBe(`${version}\n`);
  expect(await kintsugi("demo", "--pace", "none", "--scene", "quiet")).toContain("The week in short");
  expect(JSON.parse(await kintsugi("analyze", "--json"))).toMatchObject({ total: 0 });
  rmSync(join(workdir(), ".kintsugi"), { recursive: true });
});

test("the host runs, is healthy while it does, and stops when it is told to", async () => {
  expect(await healthy(), "nothing is configured").toBe(false);
  writeFileSync(join(workdir(), "kintsugi.yaml"), CONFIG);
  const host = spawn(words[0]!, [...words.slice(1), "--port", "0"], {
    cwd: workdir(),
    env: environment(),
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = new Promise<number | null>((resolve) => void host.once("exit", resolve));
  const listens = new Promise<string>((resolve) => void host.stdout.once("data", (text: Buffer) => resolve(text.toString())));
  expect(await listens).toMatch(/^listening on http:\/\/127\.0\.0\.1:\d+\n/);
  expect(await healthy()).toBe(true);
  host.kill("SIGTERM");
  expect(await ended).toBe(130);
});

test("neither the image nor the unit runs it as root, and both start the same", () => {
  const names = instructions.map(({ name }) => name);
  expect(restOf("USER")).toBe("node");
  expect(names.lastIndexOf("RUN")).toBeLessThan(names.indexOf("USER"));
  const unit = readFileSync(join(ROOT, "infra/vm/kintsugi.service"), "utf8");
  expect(/^ExecStart=(.*)$/m.exec(unit)?.[1]).toBe(`/usr/local/bin/${words.join(" ")}`);
  expect(/^WorkingDirectory=(.*)$/m.exec(unit)?.[1]).toBe(restOf("WORKDIR"));
  expect(unit).toMatch(/^User=kintsugi$/m);
  expect(unit, "what a host ends with that was told to stop").toMatch(/^SuccessExitStatus=130$/m);
});
