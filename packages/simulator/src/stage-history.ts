/** The scenario's commits: one line of history, in the order of `committed`. */

import type { Commit, History } from "@kintsugi/ports/history";

export type StageHistory = {
  readonly history: History;
  /** @param writtenMs when it was committed, where it came to the branch later */
  add(commit: Commit, writtenMs?: number): void;
};

export function stageHistory(): StageHistory {
  const line: (Commit & { readonly writtenMs: number })[] = [];
  return {
    add(commit, writtenMs = commit.arrivedMs) {
      line.push({ ...commit, writtenMs });
      line.sort((a, b) => a.writtenMs - b.writtenMs);
    },
    history: {
      tip: async () => line.at(-1)?.sha ?? "",
      async undeployed({ serving, paths }) {
        const at = line.findIndex(({ sha }) => sha === serving || (serving.length >= 7 && sha.startsWith(serving)));
        const unknownPaths = paths.filter((path) => !line.some((commit) => commit.paths.some((file) => isUnder(file, path))));
        const since = at < 0 ? [] : line.slice(at + 1).toReversed();
        const commits = since
          .map(({ writtenMs: _written, ...commit }) => ({
            ...commit,
            paths: commit.paths.filter((file) => paths.some((path) => isUnder(file, path))),
          }))
          .filter((commit) => commit.paths.length > 0);
        return { servingKnown: at >= 0, commits, unknownPaths };
      },
    },
  };
}

function isUnder(file: string, path: string): boolean {
  const folder = path.replace(/(?<!\/)\/+$/, "");
  return folder === "." || file === folder || file.startsWith(`${folder}/`);
}
