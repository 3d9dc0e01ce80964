/** Which version of a package the lockfile has brought. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./bundle.ts";

/** @param workspace the folder of the package that depends on it */
export function installedVersion(workspace: string, name: string): string {
  const manifest = readFileSync(join(ROOT, workspace, "node_modules", name, "package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
