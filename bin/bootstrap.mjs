#!/usr/bin/env node
// Runs a script of package.json under the locked pnpm and Node, on any machine with Node 18 or newer and npm.
import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const PNPM = "pnpm@12.21.0";
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [script = "check", ...rest] = process.argv.slice(2);

// node-linux-* brings Node 24 for Linux; elsewhere the machine's own has to be new enough.
if (process.platform !== "linux") {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 22 || (major === 22 && minor < 18)) {
    console.error(
      `kintsugi needs Node 22.18 or newer on ${process.platform}; this is ${process.versions.node}. Install it from nodejs.org.`,
    );
    process.exit(2);
  }
}

const quoted = rest.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
const install = "pnpm install --frozen-lockfile --prefer-offline --reporter=silent || pnpm install --frozen-lockfile --prefer-offline";
// The first start makes the bundle that all others use.
const bundle = "node bin/kintsugi.mjs --version >/dev/null";
const command = `(${install}) >&2 && ${bundle} && pnpm --silent run ${script} ${quoted}`;
const run = spawnSync("npx", ["--yes", "--prefer-offline", "--package", PNPM, "-c", command], { cwd: root, stdio: "inherit" });
process.exit(run.status ?? (run.signal === "SIGINT" ? 130 : 3));
