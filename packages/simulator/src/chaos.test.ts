import fc from "fast-check";
import { expect, test } from "vitest";
import { type Chaos, type ChaosPlan, chaosPlan, Hindrance } from "./chaos.ts";
import { seededRandom } from "./random.ts";

const seeds = fc.nat(100_000);
const deliveries = 200;
const all = (plan: ChaosPlan): readonly (readonly number[])[] => Array.from({ length: deliveries }, () => plan.delays());
const start = Date.parse("2026-02-05T14:00:00Z");
const planOf = (chaos: Chaos, seed: number, now = (): number => start): ChaosPlan => chaosPlan(chaos, seededRandom(seed), now);
const crashes = (plan: ChaosPlan, calls: number): readonly boolean[] => Array.from({ length: calls }, () => plan.crashes());

test("without chaos every message comes once and at once, and nothing dies", () => {
  const plan = planOf("none", 1);
  expect(all(plan)).toEqual(Array.from({ length: deliveries }, () => [0]));
  expect(crashes(plan, 1_000)).not.toContain(true);
});

type Does = { twice: boolean; late: boolean; dies: boolean; doubles: boolean; fails: boolean };
const nothing: Does = { twice: false, late: false, dies: false, doubles: false, fails: false };

test.for<[chaos: Chaos, what: Does]>([
  ["none", nothing],
  ["redeliver", { ...nothing, twice: true }],
  ["reorder", { ...nothing, late: true }],
  ["crash", { ...nothing, dies: true, doubles: true }],
  ["storm", { twice: true, late: true, dies: true, doubles: true, fails: true }],
])("%s does what its name says, and nothing else", ([chaos, { twice, late, dies, doubles, fails }]) => {
  const plan = planOf(chaos, 1);
  const copies = all(plan);
  expect(copies.some((delays) => delays.length > 1)).toBe(twice);
  expect(copies.some(([first]) => first! > 0)).toBe(late);
  expect(crashes(plan, 2_000).includes(true)).toBe(dies);
  expect(Array.from({ length: 100 }, () => plan.instances()).includes(2)).toBe(doubles);
  expect(Array.from({ length: 1_000 }, () => plan.hinders(1)).some((hindrance) => hindrance !== undefined)).toBe(fails);
});

test.for<[chaos: Chaos]>([["redeliver"], ["reorder"], ["crash"], ["storm"]])(
  "under %s every message comes, at most twice, and within 16 s",
  ([chaos]) => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const delays of all(planOf(chaos, seed))) {
          expect(delays.length === 1 || delays.length === 2).toBe(true);
          expect(delays.every((delay) => delay >= 0 && delay <= 16_000)).toBe(true);
        }
      }),
      { numRuns: 20 },
    );
  },
);

test("a process that has died gets through 39 calls before it may die again", () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const died = crashes(planOf("storm", seed), 5_000).flatMap((dead, call) => (dead ? [call] : []));
      const lives = died.map((call, index) => call - (died[index - 1] ?? -1));
      expect(Math.min(...lives)).toBeGreaterThanOrEqual(40);
    }),
    { numRuns: 20 },
  );
});

test("what storm costs in any 30 s is at most 15 s, and every kind of hindrance comes", () => {
  const cost = (hindrance: Hindrance | undefined): number => (hindrance === undefined ? 0 : hindrance === "hang" ? 11_000 : 1_000);
  let nowMs = start;
  const plan = planOf("storm", 5, () => nowMs);
  const seen = new Set<Hindrance>();
  const spent: { atMs: number; ms: number }[] = [];
  for (let call = 0; call < 20_000; call++, nowMs += 50) {
    const hindrance = plan.hinders(1);
    if (hindrance !== undefined) seen.add(hindrance);
    spent.push({ atMs: nowMs, ms: cost(hindrance) });
    if (call % 100 !== 0) continue;
    const recent = spent.filter(({ atMs }) => atMs > nowMs - 30_000);
    expect(recent.reduce((sum, { ms }) => sum + ms, 0)).toBeLessThanOrEqual(15_000);
  }
  expect([...seen].sort()).toEqual([...Hindrance.options].sort());
});

test("one seed makes one plan, and another seed another", () => {
  expect(all(planOf("storm", 7))).toEqual(all(planOf("storm", 7)));
  expect(all(planOf("storm", 7))).not.toEqual(all(planOf("storm", 8)));
});

test("chance is uniform in [0, 1)", () => {
  const random = seededRandom(3);
  const drawn = Array.from({ length: 10_000 }, () => random());
  expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true);
  for (const tenth of Array.from({ length: 10 }, (_, index) => index / 10)) {
    const share = drawn.filter((value) => value >= tenth && value < tenth + 0.1).length / drawn.length;
    expect(share).toBeGreaterThan(0.085);
    expect(share).toBeLessThan(0.115);
  }
});
