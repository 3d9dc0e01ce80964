/** When each commit of a range came to the branch: with the merge that brought it, whenever it was written. Pure. */

type Node = { readonly committedMs: number; readonly parents: readonly string[] };

/**
 * Follows the first parents, which is how the branch itself went; what another parent of one of them brought arrived with it.
 * @param lines of `git rev-list --parents --timestamp`: seconds, id, ids of the parents
 * @returns epoch ms by id
 */
export function arrivedBy(lines: string, tip: string): ReadonlyMap<string, number> {
  const nodes = new Map(lines.split("\n").flatMap((line) => (line === "" ? [] : [nodeOf(line)])));
  const line: string[] = [];
  for (let at: string | undefined = tip; at !== undefined && nodes.has(at); at = nodes.get(at)!.parents[0]) line.push(at);
  const arrived = new Map<string, number>();
  for (const mainline of line.toReversed()) {
    const { committedMs } = nodes.get(mainline)!;
    const waiting = [mainline];
    for (let sha = waiting.pop(); sha !== undefined; sha = waiting.pop()) {
      if (arrived.has(sha) || !nodes.has(sha)) continue;
      arrived.set(sha, committedMs);
      waiting.push(...nodes.get(sha)!.parents);
    }
  }
  return arrived;
}

function nodeOf(line: string): readonly [string, Node] {
  const [seconds, sha, ...parents] = line.split(" ");
  return [sha!, { committedMs: Number(seconds) * 1_000, parents }];
}
