// What to start in a checkout: one bundle, since hundreds of sources take their time at each start.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/** Bundles of older sources, which a running process may still need. */
const KEPT = 10;

/** The bundle of the sources as they are now, made if need be; the sources themselves where none can be made. */
export function checkoutMain(root, node) {
  const bundles = join(root, "node_modules", ".cache", "bundles");
  const bundle = join(bundles, hashOf(root));
  const main = join(bundle, "lib", "main.js");
  if (!existsSync(main)) make(root, node, bundle);
  return existsSync(main) ? main : join(root, "packages", "cli", "src", "main.ts");
}

/** Of everything that goes into the bundle: what it is called by is what it holds. */
function hashOf(root) {
  const hash = createHash("sha256");
  const add = (path) => hash.update(`\n${path}\n`).update(readFileSync(join(root, path)));
  const addAll = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory() && entry.name !== "node_modules") addAll(path);
      else if (entry.isFile() && /(?<!\.test)\.(?:ts|json|yaml|csv)$/.test(entry.name)) add(path);
    }
  };
  for (const folder of ["packages", "services", "examples", "scripts/build"]) addAll(folder);
  add("pnpm-lock.yaml");
  return hash.digest("hex").slice(0, 32);
}

/** Under a name of its own first: another process may make the same one, and may find only a whole one. */
function make(root, node, bundle) {
  const unfinished = `${bundle}.${process.pid}`;
  try {
    mkdirSync(unfinished, { recursive: true });
    const { status } = spawnSync(node, [join(root, "scripts", "build", "cached-cli.ts"), unfinished], { stdio: "ignore" });
    if (status === 0) renameSync(unfinished, bundle);
    prune(join(bundle, ".."));
  } catch {
    // A checkout that nobody may write to, or somebody else was faster.
  }
  rmSync(unfinished, { recursive: true, force: true });
}

function prune(bundles) {
  const byAge = readdirSync(bundles)
    .map((name) => ({ path: join(bundles, name), madeMs: statSync(join(bundles, name)).mtimeMs }))
    .sort((a, b) => b.madeMs - a.madeMs);
  for (const { path } of byAge.slice(KEPT)) rmSync(path, { recursive: true, force: true });
}
