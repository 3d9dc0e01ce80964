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
        const unknownPaths = paths.filter((path) => !line.some((commit) => commit.paths.some((file) => isUnder(file, path))));
        const since = at < 0 ? [] : line.slice(at + 1).toReversed();
        const commits = since
          .map((commit) => ({ ...commit, paths: commit.paths.filter((file) => paths.some((path) => isUnder(file, path))) }))
          .filter((commit) => commit.paths.length > 0);
        return { servingKnown: at >= 0, commits, unknownPaths };
      },
    },
  };
}

function isUnder(file: string, path: string): boolean {
  const folder = path.replace(/\/+$/, "");
  return folder === "." || file === folder || file.startsWith(`${folder}/`);
}
