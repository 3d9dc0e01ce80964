import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gitHistory } from "./git-history.ts";

const AT = "2026-02-05T10:00:00Z";
const MERGED_AT = "2026-02-09T10:00:00Z";
let repository: string;
const ids: Record<string, string> = {};

async function git(...words: readonly string[]): Promise<string> {
  const at = words.includes("merge") ? MERGED_AT : AT;
  const env = { GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
  const named = ["-c", "user.name=Example", "-c", "user.email=example@example.org"];
  return (await execa("git", ["-C", repository, ...named, ...words], { env })).stdout;
}

async function commit(name: string, ...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), name);
  }
  await git("add", "--", ...paths);
  await git("commit", "--quiet", "-m", name);
  ids[name] = await git("rev-parse", "HEAD");
}

/** first ── second (api) ── third (docs), and a branch from first merged last: side (api/deep). */
beforeAll(async () => {
  repository = mkdtempSync(join(tmpdir(), "kintsugi-git-"));
  await git("init", "--quiet", "--initial-branch=main");
  await commit("first", "api/a.py");
  await git("checkout", "--quiet", "-b", "work");
  await commit("side", "api/deep/ü b.py");
  await git("checkout", "--quiet", "main");
  await commit("second", "api/a.py");
  await commit("third", "docs/a.md", "docs2/a.md");
  await git("merge", "--quiet", "--no-ff", "-m", "merge", "work");
  ids["merge"] = await git("rev-parse", "HEAD");
  await git("tag", "v1", ids["second"]!);
  await git("tag", "-a", "-m", "of a day", "20260205", ids["third"]!);
  await git("branch", "beefbeef", ids["second"]!);
}, 30_000);
afterAll(() => rmSync(repository, { recursive: true }));

async function undeployed(serving: string, ...paths: readonly string[]) {
  const history = gitHistory(repository, "main");
  return await history.undeployed({ tip: await history.tip(), serving, paths });
}

test.for<[serving: string, paths: readonly string[], expected: readonly string[]]>([
  ["first", ["api"], ["second", "side"]],
  ["second", ["api"], ["side"]],
  ["second", ["docs"], ["third"]],
  ["second", ["api", "docs"], ["side", "third"]],
  ["third", ["docs/a.md"], []],
  ["merge", ["api"], []],
])("what %s lacks under %j", async ([serving, paths, expected]) => {
  const { servingKnown, commits, unknownPaths } = await undeployed(ids[serving]!, ...paths);
  expect({ servingKnown, unknownPaths }).toEqual({ servingKnown: true, unknownPaths: [] });
  expect(commits.map(({ message }) => message).sort()).toEqual(expected);
});

test("a commit carries its id, its message, its author, its files, and when a merge brought it to the branch", async () => {
  expect((await undeployed(ids["second"]!, "api")).commits).toEqual([
    { sha: ids["side"], message: "side", author: "Example", arrivedMs: Date.parse(MERGED_AT), paths: ["api/deep/ü b.py"] },
  ]);
});

test("of a commit's files only those under the paths are told", async () => {
  expect((await undeployed(ids["second"]!, "docs")).commits).toMatchObject([{ message: "third", paths: ["docs/a.md"] }]);
});

test("a short id serves as well, and what is no commit is not known", async () => {
  expect((await undeployed(ids["second"]!.slice(0, 7), "api")).servingKnown).toBe(true);
  for (const serving of ["0".repeat(40), "--all", "", "main; true"]) expect((await undeployed(serving, "api")).servingKnown).toBe(false);
});

test.for<[serving: string, isKnown: boolean]>([
  ["v1", true],
  ["20260205", true],
  ["main", false],
  ["HEAD", false],
  ["main~1", false],
  ["work", false],
  ["beefbeef", false],
  ["latest", false],
  ["heads/main", false],
])("a tag serves as well as an id, and a name that moves does not: %s", async ([serving, isKnown]) => {
  expect((await undeployed(serving, "api")).servingKnown).toBe(isKnown);
});

test("an id in capitals is the same id", async () => {
  expect((await undeployed(ids["second"]!.toUpperCase(), "api")).servingKnown).toBe(true);
});

test("a path that nobody ever touched is named; one that begins with dashes is a path", async () => {
  expect((await undeployed(ids["first"]!, "api", "nowhere", "--stat")).unknownPaths).toEqual(["nowhere", "--stat"]);
});

const odd = [":(exclude)zzz", ":(glob)api/**", "api/*", "api/**", "ap?/a.py", "API", "/api", "../api", "../../../../../api"];

test("a path is literal and inside the repository: what only a glob would find never existed", async () => {
  expect(await undeployed(ids["first"]!, ...odd)).toEqual({ servingKnown: true, commits: [], unknownPaths: odd });
});

test.for<[path: string, files: readonly string[]]>([
  ["deep", ["deep/ü b.py"]],
  ["./deep/", ["deep/ü b.py"]],
  [".", ["deep/ü b.py"]],
  ["../api/deep", ["deep/ü b.py"]],
  ["../docs", ["../docs/a.md"]],
])("in a folder below the root, %s is told from there, and so are the files", async ([path, files]) => {
  const history = gitHistory(join(repository, "api"), "main");
  const { commits, unknownPaths } = await history.undeployed({ tip: await history.tip(), serving: ids["second"]!, paths: [path] });
  expect({ files: commits.flatMap(({ paths }) => paths), unknownPaths }).toEqual({ files, unknownPaths: [] });
});

test("in a folder below the root, a path as it is told from the root never existed", async () => {
  const history = gitHistory(join(repository, "api"), "main");
  const asked = { tip: await history.tip(), serving: ids["second"]!, paths: ["api/deep"] };
  expect((await history.undeployed(asked)).unknownPaths).toEqual(["api/deep"]);
});

test("the tip is read anew each time", async () => {
  const history = gitHistory(repository, "work");
  expect(await history.tip()).toBe(ids["side"]);
  await git("branch", "--force", "work", ids["third"]!);
  expect(await history.tip()).toBe(ids["third"]);
});

test.for<[name: string, where: () => string, branch: string, remedy: RegExp]>([
  ["no repository", () => tmpdir(), "main", /is no git repository, or git is missing: check drift\.history\.git/],
  ["no such branch", () => repository, "trunk", /has no branch trunk: check drift\.history\.branch/],
])("%s needs a person, and names the key", async ([, where, branch, remedy]) => {
  await expect(gitHistory(where(), branch).tip()).rejects.toThrow(remedy);
});
