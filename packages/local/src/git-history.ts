/** History from a local git repository, by git itself: without a shell, with `--` before paths, and paths taken literally. */

import { posix } from "node:path";
import { execa } from "execa";
import { Failure, messageOf } from "@kintsugi/ports/failure";
import type { Commit, History } from "@kintsugi/ports/history";
import { arrivedBy } from "./git-arrivals.ts";

const TIMEOUT_MS = 30_000;
/** So many undeployed commits are listed; more would say nothing new. */
const MAX_COMMITS = 500;
const MAX_RANGES = 1_000;

/** @param repository a folder of the repository, not always its root: paths are told from here, though git names files from the root */
export function gitHistory(repository: string, branch: string): History {
  async function git(...words: readonly string[]): Promise<string> {
    const environment = { LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0" };
    const { stdout } = await execa("git", ["-C", repository, "--no-pager", "--literal-pathspecs", ...words], {
      env: environment,
      timeout: TIMEOUT_MS,
      stdin: "ignore",
    });
    return stdout;
  }

  /** What an id of a commit stands for never changes; what a name stands for does. */
  const commits = new Map<string, string>();

  async function resolve(name: string): Promise<string | undefined> {
    try {
      return (await git("rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`)).trim();
    } catch {
      return undefined;
    }
  }

  /** An id or a tag; a branch that is named like one is neither. */
  async function servingCommit(name: string): Promise<string | undefined> {
    const id = name.toLowerCase();
    const known = commits.get(id);
    if (known !== undefined) return known;
    const found = /^[0-9a-f]{7,64}$/.test(id) ? await resolve(id) : undefined;
    if (found?.startsWith(id) !== true) return await resolve(`refs/tags/${name}`);
    commits.set(id, found);
    return found;
  }

  async function tip(): Promise<string> {
    const found = await resolve(branch);
    if (found !== undefined) return found;
    try {
      await git("rev-parse", "--git-dir");
    } catch (error) {
      throw new Failure(
        "needs-human",
        `${repository} is no git repository, or git is missing: check drift.history.git (${messageOf(error).split("\n")[0]})`,
        { cause: error, about: "history" },
      );
    }
    throw new Failure("needs-human", `the repository ${repository} has no branch ${branch}: check drift.history.branch`, {
      about: "history",
    });
  }

  /** A path that existed once has existed for ever; a range between two commits never changes. */
  const existing = new Set<string>();
  const ranges = new Map<string, Promise<readonly Commit[]>>();

  /** Where the folder is below the root; empty at the root. */
  let prefix: Promise<string> | undefined;

  function folder(): Promise<string> {
    prefix ??= git("rev-parse", "--show-prefix");
    prefix.catch(() => (prefix = undefined));
    return prefix;
  }

  async function touches(tip: string, path: string): Promise<boolean> {
    if (existing.has(path)) return true;
    if (isOutside(path, await folder())) return false;
    const found = (await git("log", "-1", "--format=%H", tip, "--", path)) !== "";
    if (found) existing.add(path);
    return found;
  }

  async function between(from: string, tip: string, paths: readonly string[]): Promise<readonly Commit[]> {
    const below = await folder();
    const words = [`-${MAX_COMMITS}`, "--format=%x01%H%x02%ct%x02%an%x02%s%x03", "-c", "--name-only", "-z", `${from}..${tip}`, "--"];
    const inside = paths.filter((path) => !isOutside(path, below));
    const found = inside.length === 0 ? [] : parseLog(await git("log", ...words, ...inside), below);
    if (found.length === 0) return found;
    const arrived = await arrivals(from, tip);
    return found.map((commit) => ({ ...commit, arrivedMs: arrived.get(commit.sha) ?? commit.arrivedMs }));
  }

  /** Of all services that serve the same commit at once. */
  let arrivalsKnown: { readonly range: string; readonly arrived: Promise<ReadonlyMap<string, number>> } | undefined;

  function arrivals(from: string, tip: string): Promise<ReadonlyMap<string, number>> {
    const range = `${from}..${tip}`;
    if (arrivalsKnown?.range === range) return arrivalsKnown.arrived;
    const arrived = git("rev-list", "--parents", "--timestamp", range).then((lines) => arrivedBy(lines, tip));
    arrivalsKnown = { range, arrived };
    arrived.catch(() => (arrivalsKnown = undefined));
    return arrived;
  }

  function remembered(from: string, tip: string, paths: readonly string[]): Promise<readonly Commit[]> {
    const key = [from, tip, ...paths].join("\n");
    const known = ranges.get(key);
    if (known !== undefined) return known;
    if (ranges.size >= MAX_RANGES) ranges.clear();
    const asked = between(from, tip, paths);
    ranges.set(key, asked);
    asked.catch(() => ranges.delete(key));
    return asked;
  }

  return {
    tip,
    async undeployed({ tip, serving, paths }) {
      const unknownPaths: string[] = [];
      for (const path of paths) if (!(await touches(tip, path))) unknownPaths.push(path);
      const from = serving === tip ? tip : await servingCommit(serving);
      if (from === undefined) return { servingKnown: false, commits: [], unknownPaths };
      return { servingKnown: true, commits: from === tip ? [] : await remembered(from, tip, paths), unknownPaths };
    },
  };
}

/** Git refuses to be asked about what is outside the repository; nobody has ever touched it there. */
function isOutside(path: string, below: string): boolean {
  return posix.isAbsolute(path) || posix.join(below, path).split("/")[0] === "..";
}

/** A merge has files of its own only where it differs from all its parents; without any it changed nothing. */
function parseLog(log: string, below: string): readonly Commit[] {
  return log
    .split("\u0001")
    .slice(1)
    .map((entry) => {
      const [head = "", files = ""] = entry.split("\u0003");
      const [sha = "", seconds = "0", author = "", message = ""] = head.split("\u0002");
      const paths = files
        .split("\0")
        .map((path) => path.replace(/^\n/, ""))
        .filter((path) => path !== "")
        .map((path) => (below === "" ? path : posix.relative(`/${below}`, `/${path}`)));
      return { sha, message, author, arrivedMs: Number(seconds) * 1_000, paths };
    })
    .filter(({ paths }) => paths.length > 0);
}
