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

type Sent = { readonly kind: string; readonly timeMs: number; readonly outcome: string };

/** What a window holds, counted anew from all that ever came. */
function countAll(sent: readonly Sent[], kind: string, withinMs: number, nowMs: number): { total: number; bad: number } {
  const inside = sent.filter(
    (one) => one.kind === kind && one.timeMs > nowMs - withinMs && one.timeMs <= nowMs && one.outcome !== "refused",
  );
  return { total: inside.length, bad: inside.filter(({ outcome }) => outcome !== "effective").length };
}

test("windows count as if all events were counted anew, late, early, repeated or out of order, and incidents follow them", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const { documents, close } = openDocuments();
      let nowMs = start;
      const dependencies = { config, documents, clock: { now: () => nowMs } } as unknown as Dependencies;
      const deliver = deliverEvents(patternDetector, dependencies, () => {});
      const run = performRun(patternDetector, dependencies, () => {});
      const sent: Sent[] = [];
      const messages: ReturnType<typeof messageOf>[] = [];
      const states = async (collection: string) => (await documents.list(collection)).map(({ data }) => data);

      for (const [index, one] of steps.entries()) {
        nowMs += one.gapMin * MINUTE;
        if ("tick" in one) await run({ dueMs: nowMs, by: `step ${index}` });
        else {
          const fresh = one.acts.map(({ kind, offsetMin, outcome }) => {
            const timeMs = nowMs + offsetMin * MINUTE;
            sent.push({ kind, timeMs, outcome });
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
        const windows = await states("kintsugi_windows");
        const incidents = await states("kintsugi_incidents");
        for (const kind of touched) {
          for (const { name, withinMs, holds } of rules) {
            const expected = countAll(sent, kind, withinMs, nowMs);
            const window = windows.find((stored) => stored["pattern"] === name && stored["value"] === kind);
            expect({ total: window?.["total"] ?? 0, bad: window?.["bad"] ?? 0 }).toEqual(expected);
            const record = incidents.find(({ key }) => key === `pattern:${name}:${kind}`) as { incident?: IncidentChanged } | undefined;
            // One that flaps stays open for a while, whatever its window says.
            const isHeldOpen = record?.incident?.flapping === true && record.incident.state === "open";
            expect(record?.incident?.state === "open").toBe(isHeldOpen || holds(expected.total, expected.bad));
          }
        }
      }
      close();
    }),
    { numRuns: 60, seed: 7 },
  );
});
