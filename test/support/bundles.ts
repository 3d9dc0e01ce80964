/** All functions as `npm run build` makes them, each with the framework where npm would install it. */

import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import { buildService } from "../../scripts/build/build-service.ts";
import { ROOT } from "../../scripts/build/bundle.ts";

export type BuiltServices = {
  readonly names: readonly string[];
  folderOf(name: string): string;
  metafileOf(name: string): Metafile;
  remove(): void;
};

export const serviceNames: readonly string[] = readdirSync(join(ROOT, "services"));

/** @param names those that are needed */
export async function buildServices(names = serviceNames): Promise<BuiltServices> {
  const folder = mkdtempSync(join(tmpdir(), "kintsugi-bundles-"));
  const folderOf = (name: string): string => join(folder, name);
  const metafiles = new Map(await Promise.all(names.map(async (name) => [name, await buildService(name, folderOf(name))] as const)));
  for (const name of names) bringFramework(folderOf(name));
  return {
    names,
    folderOf,
    metafileOf: (name) => metafiles.get(name)!,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The installed one, since a copy would not find what it depends on. */
function bringFramework(folder: string): void {
  mkdirSync(join(folder, "node_modules/@google-cloud"), { recursive: true });
  const name = "node_modules/@google-cloud/functions-framework";
  symlinkSync(realpathSync(join(ROOT, "packages/gcp", name)), join(folder, name));
}
