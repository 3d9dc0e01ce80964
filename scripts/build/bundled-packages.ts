/** The packages inside a bundle, and their licences. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import { ROOT } from "./bundle.ts";

export type BundledPackage = { readonly name: string; readonly version: string; readonly licence: string; readonly folder: string };

type Manifest = { readonly name: string; readonly version: string; readonly license?: string | { readonly type: string } };

/** Sorted by name. Those whose code was left out as unused are not there. @throws for a package without a licence */
export function bundledPackages({ outputs }: Metafile): readonly BundledPackage[] {
  const used = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  const folders = new Set(used.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? []));
  return [...folders].map(packageIn).toSorted((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
}

function packageIn(folder: string): BundledPackage {
  const { name, version, license } = JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8")) as Manifest;
  const licence = typeof license === "object" ? license.type : license;
  if (licence === undefined) throw new Error(`${name} ${version} names no licence: it cannot be handed on`);
  return { name, version, licence, folder };
}

/** Each with the text that it came with. */
export function licencesOf(packages: readonly BundledPackage[]): string {
  return packages
    .map(({ name, version, licence, folder }) => `${name} ${version}: ${licence}\n\n${textIn(folder)}`)
    .join(`\n${"-".repeat(80)}\n\n`);
}

function textIn(folder: string): string {
  const files = readdirSync(join(ROOT, folder))
    .filter((name) => /^(?:licen[cs]e|notice|copying)/i.test(name))
    .toSorted();
  return files
    .map(
      (name) =>
        `${readFileSync(join(ROOT, folder, name), "utf8")
          .replaceAll("\r\n", "\n")
          .trim()}\n`,
    )
    .join("\n");
}
