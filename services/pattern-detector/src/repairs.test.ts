import type { Config } from "@kintsugi/config/model";
import type { RepairsRecorded } from "@kintsugi/events/alerts";
import { derivedId, type EventOf } from "@kintsugi/events/event";
import type { JsonObject } from "@kintsugi/ports/json";
import { expect, test } from "vitest";
import { recordRepair } from "./repairs.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

const config = { healers: [{ name: "batch_cleanup" }], slack: {}, timezone: "America/New_York" } as unknown as Config;

/** Documents as they are after each write; `used` tells what was asked. */
function stage() {
  const stored = new Map<string, JsonObject>();
  const expiries = new Map<string, number | undefined>();
  const used: string[] = [];
  const work = {
    async read(_: string, id: string) {
      used.push("read");
      return stored.get(id);
    },
    async range() {
      used.push("query");
      return [...stored].map(([id, data]) => ({ id, data, version: "1" }));
    },
    write(_: string, id: string, data: JsonObject, expiresMs?: number) {
      used.push("write");
      stored.set(id, data);
      expiries.set(id, expiresMs);
    },
    remove: (_: string, id: string) => void stored.delete(id),
  } as unknown as UnitOfWork;
  async function repair(time: string, change: object = {}): Promise<RepairsRecorded | undefined> {
    const at = `2026-02-${time}:00.000Z`;
    const named = { healing_type: "batch_cleanup", actor: "batch_cleanup" };
    const data = { outcome: "effective", mode: "auto", ...named, target: "b1", cause: { code: "stalled" }, metadata: {} };
    const heal = { time: at, data: { ...data, trigger_reason: "stalled", ...change } } as unknown as EventOf<"healing.completed">;
    return (await recordRepair(work, config, heal))[0]?.data as RepairsRecorded | undefined;
  }
  return { stored, expiries, used, repair };
}

const numbers = (recorded: RepairsRecorded | undefined) =>
  recorded && [recorded.day.slice(-2), recorded.revision, recorded.count, recorded.last_hour, recorded.last_24_hours];

test("each repair is a revision of its day's message, and the last hours run over midnight", async () => {
  const { repair } = stage();
  expect(numbers(await repair("05T23:30"))).toEqual(["05", 1, 1, 1, 1]);
  expect(numbers(await repair("06T04:40"))).toEqual(["05", 2, 2, 1, 2]);
  expect(numbers(await repair("06T05:10"))).toEqual(["06", 1, 1, 2, 3]);
  expect(numbers(await repair("06T05:40"))).toEqual(["06", 2, 2, 2, 4]);
  expect(numbers(await repair("06T23:30"))).toEqual(["06", 3, 3, 1, 4]);
});

test("a repair of yesterday that comes late edits yesterday's message, and counts what came before it", async () => {
  const { repair } = stage();
  await repair("05T23:30");
  await repair("06T05:10", { target: "b2" });
  expect(numbers(await repair("06T04:50", { target: "b3" }))).toEqual(["05", 2, 2, 1, 2]);
  expect(numbers(await repair("06T05:20"))).toEqual(["06", 2, 2, 3, 4]);
});

test("a repair that is older than both days that are kept is told no more", async () => {
  const { repair, stored } = stage();
  await repair("05T15:00");
  await repair("06T15:00");
  const before = JSON.stringify([...stored]);
  expect(await repair("04T15:00")).toBeUndefined();
  expect(JSON.stringify([...stored])).toBe(before);
});

test("a repair reads and writes one document, which goes two days after the last of them", async () => {
  const { repair, used, expiries } = stage();
  await repair("05T15:00");
  used.length = 0;
  await repair("05T16:00");
  expect(used).toEqual(["read", "write"]);
  expect([...expiries.values()]).toEqual([Date.parse("2026-02-07T16:00:00Z")]);
});

test("a thousand repairs are all counted, and twenty are listed", async () => {
  const { repair, stored } = stage();
  let last: RepairsRecorded | undefined;
  for (let index = 0; index < 1_000; index++) last = await repair("05T15:00", { trigger_reason: "x".repeat(50_000) });
  expect(last).toMatchObject({ count: 1_000, last_hour: 1_000 });
  expect(last?.repairs.length).toBe(20);
  expect(JSON.stringify([...stored]).length).toBeLessThan(64 * 1024);
});

test("what the version before has stored of a healer is continued, and nothing of it is left", async () => {
  const { repair, stored, used } = stage();
  const listed = { time: "2026-02-05T15:00:00.000Z", target: "b1", cause: "stalled", text: "stalled" };
  for (const [day, revision] of [
    ["2026-02-03", 9],
    ["2026-02-04", 7],
    ["2026-02-05", 3],
  ] as const)
    stored.set(derivedId("batch_cleanup", day), {
      healer: "batch_cleanup",
      day,
      revision,
      count: revision,
      last_hour: 1,
      last_24_hours: 2,
      repairs: [listed],
    });
  stored.set(derivedId("batch_cleanup", "times"), { healer: "batch_cleanup", times: [Date.parse(listed.time)] });
  stored.set(derivedId("other", "times"), { healer: "other", times: [1] });
  // Also where the first repair is told no more.
  expect(await repair("03T15:00")).toBeUndefined();
  expect(numbers(await repair("05T15:30"))).toEqual(["05", 4, 4, 2, 2]);
  expect([...stored.keys()]).toEqual([derivedId("other", "times"), derivedId("batch_cleanup")]);
  expect(used.filter((what) => what === "query").length).toBe(1);
});
