/** The operator's tool: `lib/`, and beside it what the demonstration reads, as it has it in the checkout. */

import { cp } from "node:fs/promises";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import { bundle, type Bundle, ROOT } from "./bundle.ts";

export async function bundleCli(folder: string, parts: Pick<Bundle, "external" | "plugins" | "sources">): Promise<Metafile> {
  for (const name of ["kintsugi.yaml", "data"]) await cp(join(ROOT, "examples/nba", name), join(folder, name), { recursive: true });
  return await bundle({ ...parts, entry: { main: "packages/cli/src/main.ts" }, folder: join(folder, "lib") });
}
