/** Plays many histories that share their beginnings: all is a value, so each branch goes on from where it left the others. */

import { type Book, deliverTo } from "./chat-book.ts";
import { type Cast, drawCast, drawFact } from "./generate-facts.ts";
import { type Chapter, judge } from "./judge.ts";
import { type Board, emptyBoard, playFact } from "./play-facts.ts";
import { type Chance, seededRandom } from "./seeded-random.ts";
import { type Fact, type World, worlds } from "./world.ts";

export type Failure = {
  readonly seed: number;
  readonly history: readonly Fact[];
  readonly wrong: readonly string[];
  readonly world: World;
};

/** How many ways a history goes on at its last chapters. */
const BRANCHES = [2, 40];
export const PER_SEED = BRANCHES.reduce((all, branches) => all * branches, 1);

/** One history by itself. */
export function drawHistory(seed: number, length: number): { readonly world: World; readonly facts: readonly Fact[] } {
  const chance = seededRandom(seed);
  const world = chance.pick(worlds);
  const cast = drawCast(chance);
  const facts: Fact[] = [];
  while (facts.length < length) facts.push(drawFact(chance, cast, facts.at(-1)));
  return { world, facts };
}

type Place = { readonly board: Board; readonly book: Book; readonly chapters: readonly Chapter[] };
type Walk = { readonly seed: number; readonly chance: Chance; readonly cast: Cast; readonly world: World };

export function walk(seed: number): Failure | undefined {
  const chance = seededRandom(seed);
  const on = { seed, chance, world: chance.pick(worlds), cast: drawCast(chance) };
  const stem = chance.pick([0, 1, 2, 4, 6, 9]);
  return go(on, start, [...Array<number>(stem).fill(1), ...BRANCHES]);
}

const start: Place = { board: emptyBoard, book: new Map(), chapters: [] };

/** What is wrong after the first fact of a history after which something is. */
export function follow(world: World, facts: readonly Fact[]): readonly string[] {
  let place = start;
  for (const fact of facts) {
    place = next(world, place, fact);
    const wrong = judge(place.chapters, world);
    if (wrong.length > 0) return wrong;
  }
  return [];
}

function go(on: Walk, place: Place, [branches = 0, ...rest]: readonly number[]): Failure | undefined {
  for (let branch = 0; branch < branches; branch++) {
    const after = next(on.world, place, drawFact(on.chance, on.cast, place.chapters.at(-1)?.fact));
    const wrong = judge(after.chapters, on.world);
    if (wrong.length > 0) return { seed: on.seed, world: on.world, history: after.chapters.map(({ fact }) => fact), wrong };
    const failure = go(on, after, rest);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function next(world: World, { board, book, chapters }: Place, fact: Fact): Place {
  const played = playFact(world, board, fact);
  const delivered = deliverTo(book, played.announced);
  const chapter = { fact, calls: delivered.calls, records: played.board.records };
  return { board: played.board, book: delivered.book, chapters: [...chapters, chapter] };
}
