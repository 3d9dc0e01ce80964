/** An entry with all that it needs as plain files of one folder. The same sources give the same bytes, wherever the checkout stands. */

import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";

export const ROOT = dirname(dirname(import.meta.dirname));

export type Bundle = {
  /** Name of the file to start, to its source's path in the checkout. */
  readonly entry: Readonly<Record<string, string>>;
  readonly folder: string;
  /** Packages that stay outside: what deploys or installs the bundle brings them. */
  readonly external?: readonly string[];
  readonly plugins?: readonly Plugin[];
  /** What stack traces call the sources: where they stand, or by their paths in the checkout, for bundles that leave it. */
  readonly sources: "where-they-stand" | "by-path-in-checkout";
};

/** What bundled CommonJS packages expect of their surroundings. */
const SURROUNDINGS = `import { createRequire as requireFrom } from "node:module";
const require = requireFrom(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname;`;

/** Answers with what went into each file. */
export async function bundle({ entry, folder, external = [], plugins = [], sources }: Bundle): Promise<Metafile> {
  const outdir = sources === "where-they-stand" ? folder : ROOT;
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: { ...entry },
    // Nothing is written there: paths in source maps, and so the names of chunks, are relative to it.
    outdir,
    bundle: true,
    // What is loaded with its first use stays a file of its own.
    splitting: true,
    chunkNames: "[name]-[hash]",
    format: "esm",
    platform: "node",
    target: "node22",
    banner: { js: SURROUNDINGS },
    external: [...external],
    plugins: [...plugins],
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "none",
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    write: false,
    logLevel: "silent",
  });
  await mkdir(folder, { recursive: true });
  for (const { path, contents } of outputFiles) await writeFile(join(folder, relative(outdir, path)), contents);
  return metafile;
}

export async function writeJson(folder: string, name: string, value: object): Promise<void> {
  await writeFile(join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
}
