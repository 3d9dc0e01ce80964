/** Who was heard, and who was not: silence counts from the later of start, last run and the end of a mode. */

import type { EventOf } from "@kintsugi/events/event";
import { modeId, operatorCollection } from "@kintsugi/function-kit/mode";
import { silenceFinding } from "./findings.ts";
import type { Session } from "./session.ts";
import { isSilent, watchedFunctions } from "./silence.ts";

export const watchCollection = "kintsugi_watch";
/** Written by the host when it starts. */
const hostId = "_host";
const startId = "_start";

export async function heard({ memory, book }: Session, { data, time }: EventOf<"run.completed">): Promise<void> {
  const atMs = Date.parse(time);
  const before = await memory.read(watchCollection, data.function);
  if (before !== undefined && Number(before["lastMs"]) > atMs) return;
  const isOk = data.verdict === "ok";
  memory.write(watchCollection, data.function, {
    function: data.function,
    lastMs: atMs,
    ...(isOk ? { lastOkMs: atMs } : before?.["lastOkMs"] === undefined ? {} : { lastOkMs: before["lastOkMs"] }),
    verdict: data.verdict,
    reason: data.reason ?? null,
  });
  await book.judge({ verdict: "good", key: `watch:${data.function}` }, { openAfter: 1, closeAfter: 1 }, atMs);
}

export async function judgeSilence({ config, memory, book, nowMs }: Session): Promise<void> {
  const start = await memory.read(watchCollection, startId);
  if (start === undefined) memory.write(watchCollection, startId, { startedMs: nowMs });
  const host = await memory.read(watchCollection, hostId);
  const modeEndMs = endOfMode(await memory.read(operatorCollection, modeId), nowMs);
  if (modeEndMs === undefined) return;
  for (const { name, periodMs } of watchedFunctions(config)) {
    const run = await memory.read(watchCollection, name);
    const sinceMs = Math.max(
      Number(start?.["startedMs"] ?? nowMs),
      Date.parse(String(host?.["started"] ?? "")) || 0,
      Number(run?.["lastMs"] ?? 0),
      modeEndMs,
    );
    if (!isSilent(sinceMs, periodMs, nowMs)) continue;
    if (!book.isOpen(`watch:${name}`))
      await book.judge({ verdict: "bad", finding: silenceFinding(name, sinceMs, periodMs) }, { openAfter: 1, closeAfter: 1 }, nowMs);
  }
}

/** When normal work began again; undefined while a mode holds, since nobody counts as silent then. */
export function endOfMode(mode: Readonly<Record<string, unknown>> | undefined, nowMs: number): number | undefined {
  if (mode === undefined) return 0;
  if (mode["mode"] === "normal") return Date.parse(String(mode["at"]));
  const untilMs = Date.parse(String(mode["until"] ?? ""));
  return Number.isNaN(untilMs) || untilMs > nowMs ? undefined : untilMs;
}
