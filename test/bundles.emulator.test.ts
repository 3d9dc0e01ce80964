/** What `npm run build` makes, as Google's buildpack takes it: whole, small, the same each time, and refusing aloud. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildService } from "../scripts/build/build-service.ts";
import { bundledPackages } from "../scripts/build/bundled-packages.ts";
import { type BuiltServices, buildServices, serviceNames } from "./support/bundles.ts";
import { startBundle } from "./support/cloud-functions.ts";

/** What a bundled package asks for and does without. */
const tried = ["supports-color"];
const FRAMEWORK = "@google-cloud/functions-framework";
let folder: string;
let bundles: BuiltServices;

beforeAll(async () => {
  [folder, bundles] = await Promise.all([mkdtemp(join(tmpdir(), "kintsugi-built-")), buildServices()]);
});
afterAll(async () => {
  bundles?.remove();
  await rm(folder, { recursive: true, force: true });
});

const clients: Readonly<Record<string, readonly string[]>> = {
  canary: ["@google-cloud/bigquery"],
  cleanup: ["@google-cloud/bigquery"],
  drift: [],
  gate: ["@google-cloud/bigquery"],
  "healing-tracker": ["@google-cloud/bigquery"],
  "pattern-detector": [],
  "slack-notifier": ["@slack/web-api"],
  "webhook-notifier": [],
};
const everyones = ["@google-cloud/firestore", "@google-cloud/pubsub"];
const allClients = [...everyones, "@google-cloud/bigquery", "@slack/web-api", "@duckdb/node-api"];

test.for(serviceNames)("%s carries the clients that it has a use for, and no other", (name) => {
  const carried = bundledPackages(bundles.metafileOf(name)).map((each) => each.name);
  expect(allClients.filter((client) => carried.includes(client))).toEqual([...everyones, ...clients[name]!]);
});

test.for(serviceNames)("%s needs nothing outside but Node and the framework, and says on what terms it carries the rest", (name) => {
  const inBuilt = (file: string): string => readFileSync(join(bundles.folderOf(name), file), "utf8");
  expect(importedFrom(bundles.metafileOf(name)).filter((path) => !isBuiltin(path) && !tried.includes(path))).toEqual([FRAMEWORK]);
  const manifest = JSON.parse(inBuilt("package.json")) as Record<string, object>;
  expect(Object.keys(manifest["dependencies"]!)).toEqual([FRAMEWORK]);
  expect(manifest).toMatchObject({ main: "index.js", type: "module", engines: { node: "24.x" } });
  for (const { name: carried, version } of bundledPackages(bundles.metafileOf(name)))
    expect(inBuilt("LICENSES.txt")).toContain(`${carried} ${version}: `);
  expect((JSON.parse(inBuilt("index.js.map")) as { sources: string[] }).sources).toContain(`services/${name}/src/main.ts`);
});

function importedFrom({ outputs }: Metafile): readonly string[] {
  const imports = Object.values(outputs).flatMap((output) => output.imports);
  return [...new Set(imports.flatMap(({ path, external }) => (external === true ? [path] : [])))];
}

function isBuiltin(path: string): boolean {
  return path.startsWith("node:") || builtinModules.includes(path);
}

test.for(serviceNames)("%s does not start without its configuration, and says which file it misses", async (name) => {
  const started = startBundle(name, bundles.folderOf(name), { KINTSUGI_CONFIG: "" });
  await expect(started).rejects.toThrow(/KINTSUGI_CONFIG/);
  await expect(startBundle(name, bundles.folderOf(name), {})).rejects.toThrow(/kintsugi\.yaml:1:1: cannot be read: is the path right\?/);
});

test("the same sources give the same bytes", async () => {
  await buildService("gate", join(folder, "again", "gate"));
  expect(contentsOf(join(folder, "again", "gate"))).toEqual(contentsOf(bundles.folderOf("gate")));
});

function contentsOf(path: string): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(path)
      .filter((name) => name !== "node_modules")
      .toSorted()
      .map((name) => [
        name,
        createHash("sha256")
          .update(readFileSync(join(path, name)))
          .digest("hex"),
      ]),
  );
}
