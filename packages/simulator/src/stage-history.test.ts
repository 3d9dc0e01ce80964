import { expect, test } from "vitest";
import { stageHistory } from "./stage-history.ts";

test.for<[file: string, path: string, isUnder: boolean]>([
  ["svc/one/a.py", "svc", true],
  ["svc", "svc", true],
  ["svc2/a.py", "svc", false],
  ["svc/a.py", "svc/*", false],
  ["svc/a.py", ".", true],
])("of a commit's files %s is told under %s: %s", async ([file, path, isUnder]) => {
  const { history, add } = stageHistory();
  for (const [arrivedMs, sha] of ["first", "second"].entries()) add({ sha, message: sha, arrivedMs, paths: [file, "elsewhere.py"] });
  const { commits } = await history.undeployed({ tip: "second", serving: "first", paths: [path] });
  expect(commits.flatMap(({ paths }) => paths).includes(file)).toBe(isUnder);
  expect(commits.some(({ paths }) => paths.includes("elsewhere.py"))).toBe(path === ".");
});

test("a commit that came to the branch late keeps its place in the line", async () => {
  const { history, add } = stageHistory();
  const commit = (sha: string, arrivedMs: number) => ({ sha, message: sha, arrivedMs, paths: ["a.py"] });
  add(commit("late", 50), 10);
  add(commit("next", 20));
  expect(await history.tip()).toBe("next");
  const { commits } = await history.undeployed({ tip: "next", serving: "late", paths: ["."] });
  expect(commits).toEqual([commit("next", 20)]);
});
