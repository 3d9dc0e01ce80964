#!/usr/bin/env node
// Runs the operator's tool under the Node that comes with it, whatever Node started this file: in a checkout, and where npm has installed it.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const node = locked() ?? process.execPath;
const installed = join(root, "lib", "main.js");

if (node === process.execPath) refuseOldNode();
const started = existsSync(installed) ? { main: installed, cache: userCache() } : await inCheckout();
const child = spawn(node, ["--disable-warning=ExperimentalWarning", "--enable-source-maps", started.main, ...process.argv.slice(2)], {
  // Compiling it anew would take a third of a short verb's time.
  env: { NODE_COMPILE_CACHE: started.cache, ...process.env },
  // The channel tells the child when this process is gone.
  stdio: ["inherit", "inherit", "inherit", "ipc"],
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 3)));

/** node-linux-* bring it for Linux. */
function locked() {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/package.json`)), "bin", "node");
  } catch {
    return undefined;
  }
}

function refuseOldNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return;
  console.error(
    `kintsugi needs Node 22.18 or newer, or on Linux the one that comes with it as an optional dependency; this is ${process.versions.node}.`,
  );
  process.exit(2);
}

function userCache() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "kintsugi");
}

async function inCheckout() {
  if (!existsSync(join(root, "node_modules", "@kintsugi"))) {
    console.error("kintsugi is not installed yet: run `npm start` or `npm test` once in the checkout.");
    process.exit(2);
  }
  const { checkoutMain } = await import("./checkout-main.mjs");
  return { main: checkoutMain(root, node), cache: join(root, "node_modules", ".cache", "kintsugi") };
}
