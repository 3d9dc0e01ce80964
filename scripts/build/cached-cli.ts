/** Makes the bundle that bin/kintsugi.mjs starts in this checkout. Its argument is the folder. */

import { join, relative } from "node:path";
import { bundleCli } from "./bundle-cli.ts";
import { ROOT } from "./bundle.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("give the folder");

/** A native library, which stands where pnpm has put it for the one package that uses it. */
const duckdb = relative(join(folder, "lib"), join(ROOT, "packages/local/node_modules/@duckdb/node-api/lib/index.js"));

await bundleCli(folder, {
  sources: "where-they-stand",
  plugins: [
    {
      name: "duckdb",
      setup: ({ onResolve }) => onResolve({ filter: /^@duckdb\/node-api$/ }, () => ({ path: duckdb, external: true })),
    },
  ],
});
