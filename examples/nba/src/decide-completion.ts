/** Decides whether a batch of predictions is finished: every player is predicted, or skipped for good. Pure. */

export type PlayerState =
  | { readonly state: "waiting" }
  | { readonly state: "predicted" }
  | { readonly state: "skipped"; readonly reason: string };

export type Completion =
  | { readonly action: "close"; readonly reason: "all-settled" }
  | { readonly action: "wait"; readonly reason: "no-players" }
  | { readonly action: "wait"; readonly reason: "not-reported"; readonly players: number }
  /** They were skipped for reasons that nobody has called permanent, so they may still be predicted. */
  | { readonly action: "wait"; readonly reason: "may-come-back"; readonly players: number; readonly skippedFor: readonly string[] };

/** @param permanent the reasons for which a player is skipped once and for all */
export function decideCompletion(players: readonly PlayerState[], permanent: readonly string[]): Completion {
  if (players.length === 0) return { action: "wait", reason: "no-players" };
  const waiting = players.filter(({ state }) => state === "waiting").length;
  if (waiting > 0) return { action: "wait", reason: "not-reported", players: waiting };
  const open = players.flatMap((player) => (player.state === "skipped" && !permanent.includes(player.reason) ? [player.reason] : []));
  if (open.length > 0) return { action: "wait", reason: "may-come-back", players: open.length, skippedFor: [...new Set(open)].sort() };
  return { action: "close", reason: "all-settled" };
}

export function describeCompletion(completion: Completion): string {
  switch (completion.reason) {
    case "all-settled":
      return "the coordinator closes it";
    case "no-players":
      return "the coordinator waits for its players";
    case "not-reported":
      return `the coordinator waits for ${completion.players} that have not reported`;
    case "may-come-back":
      return `the coordinator waits for ${completion.players} that may come back (${completion.skippedFor.join(", ")})`;
  }
}
