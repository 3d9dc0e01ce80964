/** Functions on the engine of the local host, in virtual time, that tell people through the real Slack client. */

import type { Config } from "@kintsugi/config/model";
import type { Event } from "@kintsugi/events/event";
import { toMessage } from "@kintsugi/events/wire";
import type { Dependencies, FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import { slackChat } from "@kintsugi/gcp/slack-chat";
import { createEngine } from "@kintsugi/local/engine";
import { subscriptionsOf } from "@kintsugi/local/functions";
import { sqliteBus } from "@kintsugi/local/sqlite-bus";
import { openSqlite } from "@kintsugi/local/sqlite-database";
import { sqliteDocuments } from "@kintsugi/local/sqlite-documents";
import { virtualClock } from "@kintsugi/simulator/virtual-clock";
import { limitedSlack, type LimitedSlack } from "./limited-slack.ts";
import { turns } from "./pass-time.ts";

export type NotifierStage = {
  readonly slack: LimitedSlack;
  now(): number;
  publish(...events: readonly Event[]): Promise<void>;
  /** A scheduled run of a function. */
  run(name: string): Promise<void>;
  /** Lets this much time pass, with all that falls due. */
  pass(ms: number): Promise<void>;
  /** Deliveries that are not acknowledged. */
  unsettled(): number;
};

type Options = { readonly config: Config; readonly declarations: readonly FunctionDeclaration[]; readonly slackAheadMs?: number };

export function notifierStage({ config, declarations, slackAheadMs = 0 }: Options): NotifierStage {
  const clock = virtualClock(Date.parse("2026-02-05T14:00:00Z"));
  const slack = limitedSlack(clock, slackAheadMs);
  let named = 0;
  const subscriptions = { alerts: [], delivery: [], runs: [], operator: [], "dead-letter": [], ...subscriptionsOf(declarations) };
  const sqlite = openSqlite(":memory:");
  const bus = sqliteBus(sqlite, { subscriptions, clock, newId: () => `m-${++named}` });
  const documents = sqliteDocuments(sqlite, bus);
  const chat = slackChat({ token: "xoxb-test", fetch: slack.fetch, now: clock.now, monotonicMs: clock.now, sleep: clock.sleep });
  const dependencies = { config, clock, bus, documents, chat } as unknown as Dependencies;
  const { commitWithAck } = documents;
  const engine = createEngine({ declarations, dependencies, bus, commitWithAck, log: () => {}, onProgress: () => {} });

  async function settle(): Promise<void> {
    do await turns();
    while (engine.startDue() > 0);
  }

  return {
    slack,
    now: clock.now,
    async publish(...events) {
      await bus.publish(events.map(toMessage));
      await settle();
    },
    async run(name) {
      bus.enqueueRun(name, clock.now());
      await settle();
    },
    async pass(ms) {
      const endMs = clock.now() + ms;
      for (;;) {
        const next = Math.min(endMs, clock.nextWake() ?? endMs, bus.nextDue(engine.working()) ?? endMs);
        clock.set(next);
        clock.wake();
        await settle();
        if (next >= endMs) return;
      }
    },
    unsettled: () => declarations.reduce((sum, { name }) => sum + bus.take(name, Number.MAX_SAFE_INTEGER, 100_000).length, 0),
  };
}
