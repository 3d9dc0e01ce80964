/** The operator's tool as a package that npm installs anywhere. */

import { cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import rootManifest from "../../package.json" with { type: "json" };
import { bundledPackages, licencesOf } from "./bundled-packages.ts";
import { bundleCli } from "./bundle-cli.ts";
import { ROOT, writeJson } from "./bundle.ts";
import { installedVersion } from "./installed-version.ts";

const DUCKDB = "@duckdb/node-api";

/** @param folder is made anew */
export async function buildCli(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const metafile = await bundleCli(folder, { external: [DUCKDB], sources: "by-path-in-checkout" });
  await cp(join(ROOT, "bin/kintsugi.mjs"), join(folder, "bin/kintsugi.mjs"));
  await writeFile(join(folder, "LICENSES.txt"), licencesOf(bundledPackages(metafile)));
  const { name, version, description, license, bin, optionalDependencies } = rootManifest;
  await writeJson(folder, "package.json", {
    name,
    version,
    description,
    license,
    type: "module",
    bin,
    // Of the Node that starts it; on Linux the tool itself runs under the one that comes with it.
    engines: { node: ">=20" },
    dependencies: { [DUCKDB]: installedVersion("packages/local", DUCKDB) },
    optionalDependencies,
  });
}
