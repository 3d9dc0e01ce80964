/** What is open, what waits, and when each function was heard. */

import { isUnwell, readStatus, type Status } from "@kintsugi/local/status";
import { type Common, configuration } from "../configuration.ts";
import { bodyOf, reach } from "../system.ts";
import { table } from "../table.ts";
import type { ExitCode, World } from "../world.ts";

export async function status(options: Common, world: World): Promise<ExitCode> {
  const config = await configuration(options, world);
  const seen = await reach<Status>(
    config,
    world,
    async (call) => bodyOf(await call("GET", "/status")) as unknown as Status,
    async (system) => await readStatus(system),
  );
  world.out(options.json === true ? JSON.stringify(seen) : describe(seen));
  return isUnwell(seen) ? 1 : 0;
}

function describe({ functions, incidents, dead_letters, pending }: Status): string {
  const ran = table(
    ["function", "last run", "last success", "verdict"],
    functions.map(({ name, last_run, last_success, verdict, silent }) => [
      name,
      time(last_run),
      time(last_success),
      silent ? "SILENT" : (verdict ?? "-"),
    ]),
  );
  const open =
    incidents.length === 0
      ? "no open incidents"
      : table(
          ["severity", "since", "incident"],
          incidents.map(({ severity, opened, key, root }) => [severity, time(opened), root === null ? key : `${key} (because of ${root})`]),
        );
  const waiting = Object.entries(pending).map(([name, count]) => `${name} ${count}`);
  return [ran, "", open, "", `waiting: ${waiting.length === 0 ? "nothing" : waiting.join(", ")}; dead letters: ${dead_letters}`].join("\n");
}

function time(text: string | null): string {
  return text === null ? "never" : `${text.slice(0, 10)} ${text.slice(11, 16)}Z`;
}
