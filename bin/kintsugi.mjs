#!/usr/bin/env node
// Runs the operator's tool under the Node that the lockfile names, whatever Node started this file.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const locked = join(root, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");
const main = join(root, "packages", "cli", "src", "main.ts");

if (!existsSync(join(root, "node_modules", "@kintsugi"))) {
  console.error("kintsugi is not installed yet: run `npm start` or `npm test` once in the checkout.");
  process.exit(2);
}
const child = spawn(
  existsSync(locked) ? locked : process.execPath,
  ["--disable-warning=ExperimentalWarning", main, ...process.argv.slice(2)],
  {
    // Stripping the types of some hundred files anew would take a third of a short verb's time.
    env: { NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "kintsugi"), ...process.env },
    // The channel tells the child when this process is gone.
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  },
);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 3)));
