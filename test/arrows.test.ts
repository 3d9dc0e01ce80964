/** Who may import whom. pnpm links only what a package.json declares, so the declarations are the architecture. */

import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const services = globSync("services/*/package.json", { cwd: root }).map((file) => basename(dirname(file)));

const core = ["ports", "events"];
const knowing = ["config", ...core];
const service = ["checks", "healing", "causes", "ledger", "notify", "function-kit", ...knowing];
/** `gcp` is for a service's main.ts alone; the linter sees to that. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  events: [],
  ports: ["events"],
  config: core,
  "function-kit": knowing,
  checks: knowing,
  healing: knowing,
  ledger: knowing,
  notify: ["function-kit", ...knowing],
  gcp: ["notify", "function-kit", ...knowing],
  "gate-client": [],
  ...Object.fromEntries(services.map((name) => [name, [...service, "gcp"]])),
};
/** They put the whole together. */
const compositionRoots = ["cli", "local", "simulator"];

const packages = globSync("{packages,services}/*/package.json", { cwd: root }).sort();

test.for(packages)("%s declares nothing that it may not import", (file) => {
  const name = basename(dirname(file));
  const { dependencies = {} } = JSON.parse(readFileSync(join(root, file), "utf8")) as { dependencies?: Record<string, string> };
  const ours = Object.keys(dependencies).filter((dependency) => dependency.startsWith("@kintsugi/"));
  const limits = allowed[name];
  expect(limits !== undefined || compositionRoots.includes(name), `${name} has no place in the architecture`).toBe(true);
  if (limits === undefined) return;
  expect(ours.map((dependency) => dependency.slice("@kintsugi/".length)).filter((dependency) => !limits.includes(dependency))).toEqual([]);
});
