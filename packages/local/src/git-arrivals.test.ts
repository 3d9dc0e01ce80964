import { expect, test } from "vitest";
import { arrivedBy } from "./git-arrivals.ts";

/** `id@seconds<parent<parent`, as git lists them: newest first. */
function lines(...nodes: readonly string[]): string {
  return nodes
    .map((node) => node.replace(/^(\w+)@(\d+)(.*)$/, (_all, id, at, parents) => `${at} ${id}${String(parents).replaceAll("<", " ")}`))
    .join("\n");
}

test.for<[name: string, lines: string, expected: Readonly<Record<string, number>>]>([
  ["nothing", "", {}],
  ["a straight line", lines("c@30<b", "b@20<a"), { c: 30, b: 20 }],
  ["an old branch, merged late", lines("m@50<b<y", "b@20<a", "y@4<x", "x@3<a"), { m: 50, b: 20, y: 50, x: 50 }],
  ["a branch of a branch", lines("m@50<a<y", "y@9<x<q", "q@8<x", "x@3<a"), { m: 50, y: 50, q: 50, x: 50 }],
  ["two merges of one branch", lines("n@60<m<z", "z@55<y", "m@50<a<y", "y@4<a"), { n: 60, z: 60, m: 50, y: 50 }],
  ["an octopus", lines("m@50<a<x<y", "x@4<a", "y@3<a"), { m: 50, x: 50, y: 50 }],
  ["the branch merged into the work, and fast forward", lines("w@40<v<b", "b@20<a", "v@10<a"), { w: 40, b: 40, v: 10 }],
])("what came to the branch when: %s", ([, listed, expected]) => {
  const tip = listed.split(" ")[1]?.split("\n")[0] ?? "none";
  expect(Object.fromEntries([...arrivedBy(listed, tip)].map(([sha, ms]) => [sha, ms / 1_000]))).toEqual(expected);
});
