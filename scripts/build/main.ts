/** `npm run build`: what is deployed and installed, in dist/. */

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { buildCli } from "./build-cli.ts";
import { buildService } from "./build-service.ts";
import { ROOT } from "./bundle.ts";

const dist = join(ROOT, "dist");
await rm(dist, { recursive: true, force: true });
await mkdir(dist);
const services = readdirSync(join(ROOT, "services"));
await Promise.all([...services.map((name) => buildService(name, join(dist, "services", name))), buildCli(join(dist, "cli"))]);
execFileSync("npm", ["pack", "--silent", "--pack-destination", dist, join(dist, "cli")]);

for (const name of services) tell(`dist/services/${name}`);
tell("dist/cli");
for (const name of readdirSync(dist).filter((file) => file.endsWith(".tgz"))) tell(`dist/${name}`);

function tell(path: string): void {
  process.stdout.write(`${(bytesIn(join(ROOT, path)) / 1e6).toFixed(1).padStart(5)} MB  ${path}\n`);
}

/** Without source maps, which no start reads unless it is asked to. */
function bytesIn(path: string): number {
  if (!statSync(path).isDirectory()) return readFileSync(path).length;
  const names = readdirSync(path).filter((name) => !name.endsWith(".map"));
  return names.reduce((sum, name) => sum + bytesIn(join(path, name)), 0);
}
