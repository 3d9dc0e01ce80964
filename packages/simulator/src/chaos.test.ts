import fc from "fast-check";
import { expect, test } from "vitest";
import { type Chaos, type ChaosPlan, chaosPlan } from "./chaos.ts";
import { seededRandom } from "./random.ts";

const seeds = fc.nat(100_000);
const deliveries = 200;
const all = (plan: ChaosPlan): readonly (readonly number[])[] => Array.from({ length: deliveries }, () => plan.delays());
const crashes = (plan: ChaosPlan, calls: number): readonly boolean[] => Array.from({ length: calls }, () => plan.crashes());

test("without chaos every message comes once and at once, and nothing dies", () => {
  const plan = chaosPlan("none", seededRandom(1));
  expect(all(plan)).toEqual(Array.from({ length: deliveries }, () => [0]));
  expect(crashes(plan, 1_000)).not.toContain(true);
});

test.for<[chaos: Chaos, what: { twice: boolean; late: boolean; dies: boolean }]>([
  ["redeliver", { twice: true, late: false, dies: false }],
  ["reorder", { twice: false, late: true, dies: false }],
  ["crash", { twice: false, late: false, dies: true }],
  ["storm", { twice: true, late: true, dies: true }],
])("%s does what its name says, and nothing else", ([chaos, { twice, late, dies }]) => {
  const plan = chaosPlan(chaos, seededRandom(1));
  const copies = all(plan);
  expect(copies.some((delays) => delays.length > 1)).toBe(twice);
  expect(copies.some(([first]) => first! > 0)).toBe(late);
  expect(crashes(plan, 2_000).includes(true)).toBe(dies);
});

test.for<[chaos: Chaos]>([["redeliver"], ["reorder"], ["crash"], ["storm"]])(
  "under %s every message comes, at most twice, and within 16 s",
  ([chaos]) => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const delays of all(chaosPlan(chaos, seededRandom(seed)))) {
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
      const died = crashes(chaosPlan("storm", seededRandom(seed)), 5_000).flatMap((dead, call) => (dead ? [call] : []));
      const lives = died.map((call, index) => call - (died[index - 1] ?? -1));
      expect(Math.min(...lives)).toBeGreaterThanOrEqual(40);
    }),
    { numRuns: 20 },
  );
});

test("one seed makes one plan, and another seed another", () => {
  expect(all(chaosPlan("storm", seededRandom(7)))).toEqual(all(chaosPlan("storm", seededRandom(7))));
  expect(all(chaosPlan("storm", seededRandom(7)))).not.toEqual(all(chaosPlan("storm", seededRandom(8))));
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
