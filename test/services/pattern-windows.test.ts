import type { IncidentChanged } from "@kintsugi/events/alerts";
import { deliverEvents } from "@kintsugi/function-kit/deliver-events";
import type { Dependencies } from "@kintsugi/function-kit/declaration";
import { performRun } from "@kintsugi/function-kit/perform-run";
import { patternDetector } from "@kintsugi/pattern-detector/function";
import fc from "fast-check";
import { expect, test } from "vitest";
import { configOf, messageOf, openDocuments } from "../support/service-stage.ts";

const MINUTE = 60_000;
const start = Date.parse("2026-02-05T14:00:00Z");
const config = configOf(`
patterns:
  often: { on: healing.completed, by: healing_type, count: ">= 3", within: 1h, severity: yellow }
  failing: { on: healing.completed, by: healing_type, failure_rate: "> 40%", min_events: 3, within: 2h, severity: red }
`);
const rules = [
  { name: "often", withinMs: 60 * MINUTE, holds: (total: number) => total >= 3 },
  { name: "failing", withinMs: 120 * MINUTE, holds: (total: number, bad: number) => total >= 3 && bad / total > 0.4 },
];

type Act = { readonly kind: string; readonly offsetMin: number; readonly outcome: string };
type Step = { readonly gapMin: number } & (
  | { readonly acts: readonly Act[]; readonly repeats: readonly number[] }
  | { readonly tick: true }
);

const act: fc.Arbitrary<Act> = fc.record({
  kind: fc.constantFrom("retry", "cleanup"),
  // Late by up to more than a window, and up to half an hour ahead of our clock.
  offsetMin: fc.integer({ min: -150, max: 30 }),
  outcome: fc.constantFrom("effective", "ineffective", "errored", "inconclusive", "refused"),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ gapMin: fc.nat(25), acts: fc.array(act, { minLength: 1, maxLength: 4 }), repeats: fc.array(fc.nat(50), { maxLength: 2 }) }),
  fc.record({ gapMin: fc.nat(25), tick: fc.constant(true as const) }),
);

/** An event that is ahead of our clock counts as of now. */
type Sent = { readonly kind: string; readonly timeMs: number; readonly outcome: string };

type Counts = { readonly total: number; readonly bad: number };

/** What a window holds, counted anew from all that ever came. */
function countAll(sent: readonly Sent[], kind: string, withinMs: number, nowMs: number): Counts {
  const inside = sent.filter((one) => one.kind === kind && one.timeMs > nowMs - withinMs && one.outcome !== "refused");
  return { total: inside.length, bad: inside.filter(({ outcome }) => outcome !== "effective").length };
}

test("windows count as if all events were counted anew, late, early, repeated or out of order, and incidents follow them", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const { documents, bus, close } = openDocuments();
      let nowMs = start;
      const dependencies = { config, documents, bus, clock: { now: () => nowMs } } as unknown as Dependencies;
      const deliver = deliverEvents(patternDetector, dependencies, () => {});
      const run = performRun(patternDetector, dependencies, () => {});
      const sent: Sent[] = [];
      const messages: ReturnType<typeof messageOf>[] = [];
      const stored = async (collection: string) => (await documents.list(collection)).map(({ data }) => data);
      const openOnes = async (): Promise<ReadonlyMap<unknown, boolean>> => {
        const incidents = (await stored("kintsugi_incidents")).map(({ incident }) => incident as unknown as IncidentChanged | undefined);
        return new Map(incidents.flatMap((one) => (one?.state === "open" ? [[one.key, one.flapping] as const] : [])));
      };

      for (const [index, one] of steps.entries()) {
        nowMs += one.gapMin * MINUTE;
        const before = await openOnes();
        if ("tick" in one) await run({ dueMs: nowMs, by: `step ${index}` });
        else {
          const fresh = one.acts.map(({ kind, offsetMin, outcome }) => {
            const timeMs = nowMs + offsetMin * MINUTE;
            sent.push({ kind, timeMs: Math.min(timeMs, nowMs), outcome });
            return messageOf(
              "healing",
              { id: `h${sent.length}`, type: "healing.completed", healing_type: kind, outcome, time: new Date(timeMs).toISOString() },
              nowMs,
            );
          });
          messages.push(...fresh);
          const again = one.repeats.map((which) => messages[which % messages.length]!);
          await deliver([...fresh, ...again]);
        }
        const touched =
          "tick" in one
            ? ["retry", "cleanup"]
            : [...new Set(one.acts.filter(({ outcome, offsetMin }) => outcome !== "refused" && offsetMin > -60).map(({ kind }) => kind))];
        const windows = await stored("kintsugi_windows");
        const open = await openOnes();
        for (const kind of touched) {
          for (const { name, withinMs, holds } of rules) {
            const key = `pattern:${name}:${kind}`;
            const expected = countAll(sent, kind, withinMs, nowMs);
            // One that flaps stays open for a while, whatever its window says.
            const isHeldOpen = open.get(key) === true;
            // Time alone ends a pattern, and begins none.
            const mayOpen = !("tick" in one) || before.has(key);
            expect([key, open.has(key)]).toEqual([key, isHeldOpen || (mayOpen && holds(expected.total, expected.bad))]);
            const edges = windows.find(({ value }) => value === kind)?.["edges"] as Readonly<Record<string, Counts>> | undefined;
            // A look stores no count; the next event does.
            expect("tick" in one ? expected : edges?.[name]).toMatchObject(expected);
          }
        }
      }
      close();
    }),
    { numRuns: 60, seed: 7 },
  );
});
