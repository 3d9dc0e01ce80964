/** The scenario's commits: one line of history, in the order of `committed`. */

import type { Commit, History } from "@kintsugi/ports/history";

export type StageHistory = { readonly history: History; add(commit: Commit): void };

export function stageHistory(): StageHistory {
  const line: Commit[] = [];
  return {
    add(commit) {
      line.push(commit);
      line.sort((a, b) => a.committedMs - b.committedMs);
    },
    history: {
      tip: async () => line.at(-1)?.sha ?? "",
      async undeployed({ serving, paths }) {
        const at = line.findIndex(({ sha }) => sha === serving || (serving.length >= 7 && sha.startsWith(serving)));
        const touched = (commit: Commit, path: string): boolean => commit.paths.some((file) => isUnder(file, path));
        const unknownPaths = paths.filter((path) => !line.some((commit) => touched(commit, path)));
        const commits = at < 0 ? [] : line.slice(at + 1).filter((commit) => paths.some((path) => touched(commit, path)));
        return { servingKnown: at >= 0, commits: commits.toReversed(), unknownPaths };
      },
    },
  };
}

function isUnder(file: string, path: string): boolean {
  const folder = path.replace(/\/+$/, "");
  return folder === "." || file === folder || file.startsWith(`${folder}/`);
}
