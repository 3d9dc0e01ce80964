/** All receivers and their channels, each for itself: one that hangs or refuses holds up none of the others. */

import type { Event } from "@kintsugi/events/event";
import type { Later } from "@kintsugi/function-kit/declaration";
import { Failure, isPassing } from "@kintsugi/ports/failure";
import { type Brought, type DeliveryRoom, openRoom } from "./delivery-room.ts";
import type { Telling } from "./receiver.ts";
import type { Parts } from "./stored-entry.ts";

/** A telling, and the events that ask for it. */
export type Task = { readonly telling: Telling; readonly events: readonly Event[] };

/** `waiting`: it is not told yet, and goes on being tried. `trouble`: what failed last in its room. */
export type Told = Brought | { readonly status: "waiting"; readonly trouble: unknown };
export type Result = { readonly telling: Telling; readonly told: Told };

/** So many times it waits for so long, as long as something is told meanwhile. */
export type Patience = { readonly ms: number; readonly times: number };

export type DeliveryRooms = {
  tell(tellings: readonly Telling[], patience: Patience): Promise<readonly Result[]>;
  /** The events that come back, as what they ask for is not told within this time. */
  tellEvents(tasks: readonly Task[], patienceMs: number): Promise<readonly Later[]>;
};

/** What waits comes back when its turn may have come, at a message a second. */
const PACE_MS = 1_000;
const MAX_AWAY_MS = 60_000;

export function deliveryRooms(parts: Parts): DeliveryRooms {
  const { clock } = parts;
  const rooms = new Map<string, DeliveryRoom>();

  function roomOf({ receiver, channel }: Telling): DeliveryRoom {
    const name = `${receiver.name} ${channel}`;
    const room = rooms.get(name) ?? openRoom(parts);
    rooms.set(name, room);
    return room;
  }

  async function tell(tellings: readonly Telling[], { ms, times }: Patience): Promise<readonly Result[]> {
    const results = new Map<Telling, Brought>();
    const all = Promise.all(tellings.map(async (telling) => void results.set(telling, await roomOf(telling).bring(telling))));
    for (let time = 0, before = -1; time < times && results.size < tellings.length && results.size > before; time++) {
      before = results.size;
      await Promise.race([all, clock.sleep(ms)]);
    }
    return tellings.map((telling) => ({
      telling,
      told: results.get(telling) ?? { status: "waiting", trouble: roomOf(telling).trouble() },
    }));
  }

  async function tellEvents(tasks: readonly Task[], patienceMs: number): Promise<readonly Later[]> {
    const tellings = tasks.map(({ telling }) => telling);
    const results = await tell(tellings, { ms: patienceMs, times: 1 });
    const errors = new Map<Event, unknown[]>();
    const ahead = results.filter(({ told }) => told.status === "waiting").map(({ telling }) => telling);
    for (const [index, { telling, events }] of tasks.entries()) {
      const awayMs = Math.min(MAX_AWAY_MS, PACE_MS * (ahead.indexOf(telling) + 1));
      const error = errorOf(results[index]!, clock.now() + awayMs);
      if (error !== undefined) for (const event of events) errors.set(event, [...(errors.get(event) ?? []), error]);
    }
    return [...errors].map(([event, all]) => ({ event, error: all.find(isPassing) ?? all[0] }));
  }

  return { tell, tellEvents };
}

function errorOf({ telling, told }: Result, untilMs: number): unknown {
  switch (told.status) {
    case "done":
      return undefined;
    case "failed":
      return told.error;
    case "waiting":
      return new Failure("wait-until", `${telling.receiver.name} is told of ${telling.key} when its turn comes`, { untilMs });
  }
}
