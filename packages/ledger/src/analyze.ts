/** What was healed, how well, from what causes, and what to fix first. */

import type { JsonObject } from "@kintsugi/ports/json";
import type { LedgerTables } from "@kintsugi/ports/warehouse";
import { healingByCause, healingByType, type LedgerLocation, recordedRuns } from "./statements.ts";

/** A business day that was bad for so long that nobody looks at it any more; it stays one until a person closes it. */
export type Hole = { readonly key: string; readonly day: string; readonly what: string };

/** `holes` are those that stand now, whatever the span. */
export type Span = { readonly sinceMs: number; readonly untilMs: number; readonly holes?: readonly Hole[] };

export type Analysis = {
  readonly since: string;
  readonly until: string;
  readonly total: number;
  readonly by_type: readonly {
    readonly healing_type: string;
    readonly events: number;
    readonly effective: number;
    readonly ineffective: number;
    readonly refused: number;
    readonly errored: number;
    readonly inconclusive: number;
    readonly success_rate: number;
  }[];
  readonly causes: readonly {
    readonly cause: string;
    readonly count: number;
    readonly share: number;
    readonly first_seen: string;
    readonly last_seen: string;
  }[];
  readonly holes: readonly Hole[];
  readonly recommendations: readonly { readonly text: string; readonly evidence: string; readonly command: string }[];
};

export async function analyze(ledger: LedgerTables, location: LedgerLocation, { sinceMs, untilMs, holes = [] }: Span): Promise<Analysis> {
  const types = (await ledger.query(healingByType(location, sinceMs, untilMs))).rows.map(typeOf);
  const total = types.reduce((sum, { events }) => sum + events, 0);
  const causes = (await ledger.query(healingByCause(location, sinceMs, untilMs))).rows.map((row) => ({
    cause: String(row["cause"]),
    count: Number(row["count"]),
    share: total === 0 ? 0 : Number(row["count"]) / total,
    first_seen: String(row["first_seen"]),
    last_seen: String(row["last_seen"]),
  }));
  const runs = Number((await ledger.query(recordedRuns(location, sinceMs, untilMs))).rows[0]?.["runs"] ?? 0);
  const span = { since: new Date(sinceMs).toISOString(), until: new Date(untilMs).toISOString() };
  const recommendations = [...recommend(types, causes, total, runs), ...holes.map(mendHole)];
  return { ...span, total, by_type: types, causes, holes, recommendations };
}

function typeOf(row: JsonObject): Analysis["by_type"][number] {
  const number = (name: string): number => Number(row[name] ?? 0);
  const [effective, ineffective, errored, inconclusive] = [
    number("effective"),
    number("ineffective"),
    number("errored"),
    number("inconclusive"),
  ];
  const acts = effective + ineffective + errored + inconclusive;
  return {
    healing_type: String(row["healing_type"]),
    events: number("events"),
    effective,
    ineffective,
    refused: number("refused"),
    errored,
    inconclusive,
    success_rate: acts === 0 ? 0 : effective / acts,
  };
}

function mendHole({ key, day, what }: Hole): Analysis["recommendations"][number] {
  return {
    text: `${day} of ${key} was given up: load it anew, or close it with the reason`,
    evidence: what,
    command: `kintsugi close ${key} --day ${day} --reason "…"`,
  };
}

/** The cause of an event whose sender gave none. */
const UNNAMED = "unknown";

/** No repairs recorded is good news only if anybody was watching. */
function recommend(types: Analysis["by_type"], causes: Analysis["causes"], total: number, runs: number): Analysis["recommendations"] {
  if (total === 0 && runs === 0) {
    return [
      {
        text: "nothing was recorded at all: that is no recording, not good health",
        evidence: "0 runs in the ledger",
        command: "kintsugi status",
      },
    ];
  }
  const top = causes.find(({ cause }) => cause !== UNNAMED);
  const unnamed = causes.find(({ cause }) => cause === UNNAMED);
  const found: Analysis["recommendations"][number][] = [];
  if (top !== undefined) {
    found.push({
      text: `remove the cause ${top.cause} first: it stands behind ${Math.round(top.share * 100)} % of the repairs`,
      evidence: `${top.count} of ${total} repairs, last ${top.last_seen}`,
      command: `kintsugi why ${top.cause}`,
    });
  }
  if (unnamed !== undefined) {
    found.push({
      text: `name causes where repairs are told: ${Math.round(unnamed.share * 100)} % of the repairs have none`,
      evidence: `${unnamed.count} of ${total} repairs, last ${unnamed.last_seen}`,
      command: `kintsugi why ${UNNAMED}`,
    });
  }
  for (const type of types.filter(({ success_rate, events }) => events >= 5 && success_rate < 0.8)) {
    found.push({
      text: `${type.healing_type} repairs too little: look at why before it runs on`,
      evidence: `${type.effective} of ${type.events} were effective`,
      command: `kintsugi analyze --json`,
    });
  }
  return found;
}
