import { expect, test } from "vitest";
import { type Completion, decideCompletion, describeCompletion, type PlayerState } from "./decide-completion.ts";

const predicted: PlayerState = { state: "predicted" };
const waiting: PlayerState = { state: "waiting" };
const injured: PlayerState = { state: "skipped", reason: "player_injury_out" };
const unlined: PlayerState = { state: "skipped", reason: "no_betting_line" };
const many = (count: number, player: PlayerState): readonly PlayerState[] => Array.from({ length: count }, () => player);

const closed: Completion = { action: "close", reason: "all-settled" };
const missing = (players: number): Completion => ({ action: "wait", reason: "not-reported", players });
const backFrom = (players: number, ...skippedFor: string[]): Completion => ({
  action: "wait",
  reason: "may-come-back",
  players,
  skippedFor,
});

type Row = [name: string, players: readonly PlayerState[], permanent: readonly string[], completion: Completion];

test.for<Row>([
  ["all predicted", many(136, predicted), [], closed],
  [
    "17 of 136 injured, and nobody has registered why",
    [...many(119, predicted), ...many(17, injured)],
    [],
    backFrom(17, "player_injury_out"),
  ],
  ["17 of 136 injured, and the reason is registered", [...many(119, predicted), ...many(17, injured)], ["player_injury_out"], closed],
  ["another reason is registered", [predicted, injured], ["no_betting_line"], backFrom(1, "player_injury_out")],
  ["a reason that only begins alike is registered", [predicted, injured], ["player_injury"], backFrom(1, "player_injury_out")],
  ["one of two reasons is registered", [injured, unlined, injured], ["player_injury_out"], backFrom(1, "no_betting_line")],
  ["two reasons, none registered", [injured, unlined, injured], [], backFrom(3, "no_betting_line", "player_injury_out")],
  ["all injured, and the reason is registered", many(3, injured), ["player_injury_out"], closed],
  ["one has not reported", [predicted, waiting, predicted], [], missing(1)],
  ["a registered reason settles nobody who has not reported", [predicted, injured, waiting], ["player_injury_out"], missing(1)],
  ["who has not reported comes before who may come back", [injured, waiting, waiting], [], missing(2)],
  ["none has reported", many(136, waiting), ["player_injury_out"], missing(136)],
  ["a batch without players", [], ["player_injury_out"], { action: "wait", reason: "no-players" }],
])("%s", ([, players, permanent, completion]) => {
  expect(decideCompletion(players, permanent)).toEqual(completion);
});

test.for<[completion: Completion, text: string]>([
  [closed, "the coordinator closes it"],
  [missing(9), "the coordinator waits for 9 that have not reported"],
  [backFrom(17, "player_injury_out"), "the coordinator waits for 17 that may come back (player_injury_out)"],
  [{ action: "wait", reason: "no-players" }, "the coordinator waits for its players"],
])("what is told says whom it waits for and why: %s", ([completion, text]) => {
  expect(describeCompletion(completion)).toBe(text);
});
