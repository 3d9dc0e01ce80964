/** The pipeline that is watched, in small: a warehouse, a repository, deployments and batches. */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import { execa } from "execa";

const DATA = join(import.meta.dirname, "..", "data");
const SOURCE_TABLES = [
  "schedule",
  "player_boxscores",
  "team_boxscores",
  "play_by_play",
  "injuries",
  "rosters",
  "odds",
  "referees",
  "standings",
  "transactions",
];
const SERVICES: Readonly<Record<string, string>> = {
  "prediction-worker": "predictions/worker",
  "prediction-coordinator": "predictions/coordinator",
  "nba-scrapers": "scrapers",
  "nba-phase2-raw-processors": "data_processors/raw",
  "nba-phase3-analytics-processors": "data_processors/analytics",
  "nba-phase4-precompute-processors": "data_processors/precompute",
  "nba-grading-service": "data_processors/grading",
  "phase3-to-phase4-orchestrator": "orchestration/phase3_to_phase4",
  "phase4-to-phase5-orchestrator": "orchestration/phase4_to_phase5",
  "nba-admin-dashboard": "services/admin_dashboard",
};

export type WatchedPipeline = {
  /** Runs statements on the warehouse's file, as another process would between two looks. */
  warehouse(...statements: readonly string[]): Promise<void>;
  /** Commits a change and returns its short id. */
  commit(path: string, message: string, at: Date): Promise<string>;
  /** Lets a service serve a commit. */
  deploy(service: string, commit: string, at: Date): Promise<void>;
};

export async function createWatchedPipeline(folder: string, at: Date): Promise<WatchedPipeline> {
  await mkdir(folder, { recursive: true });
  const repository = join(folder, "repository");
  const deployments = join(folder, "deployments.json");
  await execa("git", ["init", "--quiet", "--initial-branch=main", repository]);

  const pipeline: WatchedPipeline = {
    async warehouse(...statements) {
      const instance = await openWhenFree(join(folder, "warehouse.duckdb"));
      const connection = await instance.connect();
      try {
        await connection.run("SET TimeZone = 'UTC'");
        for (const statement of statements) await connection.run(statement);
      } finally {
        connection.closeSync();
        instance.closeSync();
      }
    },
    async commit(path, message, when) {
      const file = join(repository, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, `# ${message}\n`, { flag: "a" });
      const date = when.toISOString();
      const env = { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
      await execa("git", ["-C", repository, "add", "--", path]);
      await execa(
        "git",
        [
          "-C",
          repository,
          "-c",
          "user.name=Example",
          "-c",
          "user.email=example@example.org",
          "-c",
          "commit.gpgsign=false",
          "commit",
          "--quiet",
          "-m",
          message,
        ],
        { env },
      );
      return (await execa("git", ["-C", repository, "rev-parse", "--short", "HEAD"])).stdout;
    },
    async deploy(service, commit, when) {
      const file = JSON.parse(await readFile(deployments, "utf8")) as { services: Record<string, unknown> };
      file.services[service] = { revisions: [{ name: `${service}-${commit}`, commit, traffic: 100, created: when.toISOString() }] };
      await writeFile(deployments, JSON.stringify(file, null, 2));
    },
  };

  await writeFile(deployments, JSON.stringify({ services: {} }));
  await pipeline.commit("shared/dates.py", "dates of the season", at);
  for (const path of Object.values(SERVICES)) await pipeline.commit(`${path}/main.py`, `first version of ${path}`, at);
  const head = (await execa("git", ["-C", repository, "rev-parse", "--short", "HEAD"])).stdout;
  for (const service of Object.keys(SERVICES)) await pipeline.deploy(service, head, at);
  await pipeline.warehouse(...createTables());
  return pipeline;
}

/** The file takes one process at a time: who looks lets it go soon. */
async function openWhenFree(path: string): Promise<DuckDBInstance> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await DuckDBInstance.create(path);
    } catch (error) {
      if (attempt >= 50) throw error;
      await pause(20);
    }
  }
}

/** The real schedule of the week; the whole slate of a night counts from its last tip-off. */
function createTables(): readonly string[] {
  const schedule = join(DATA, "schedule.csv").replaceAll("'", "''");
  const others = SOURCE_TABLES.slice(2).map((table) => `CREATE TABLE nba_raw.${table} (loaded_at TIMESTAMP)`);
  return [
    ...["raw", "analytics", "precompute", "predictions", "publishing"].map((name) => `CREATE SCHEMA nba_${name}`),
    `CREATE TABLE nba_raw.schedule AS SELECT game_id, CAST(game_date AS DATE) AS game_date, CAST(tipoff_utc AS TIMESTAMP) AS tipoff_utc, max(CAST(tipoff_utc AS TIMESTAMP)) OVER (PARTITION BY game_date) AS slate_utc, season_type, away_team, home_team FROM read_csv('${schedule}', all_varchar = true)`,
    "CREATE TABLE nba_raw.player_boxscores (game_id VARCHAR, game_date DATE, player_id VARCHAR, player_name VARCHAR, points DOUBLE, scraped_at TIMESTAMP)",
    ...others,
    "CREATE TABLE nba_analytics.player_game_summary (game_id VARCHAR, game_date DATE, player_id VARCHAR, possessions DOUBLE)",
    "CREATE TABLE nba_precompute.player_aggregates (game_date DATE, player_id VARCHAR, quality DOUBLE)",
    "CREATE TABLE nba_predictions.player_predictions (game_date DATE, player_id VARCHAR, predicted DOUBLE, line DOUBLE)",
    "CREATE TABLE nba_publishing.signals (game_date DATE, signal VARCHAR, graded_at TIMESTAMP)",
  ];
}

/** Loads a night's box scores: the real ones where the example has them, else ten players a side. @param without games that do not arrive */
export function loadRaw(day: string, at: Date, without: readonly string[] = []): string {
  const real = join(DATA, "boxscores_2025-03-15.csv").replaceAll("'", "''");
  const skip = without.map((game) => `'${game}'`).join(", ");
  const when = `TIMESTAMP '${at.toISOString().slice(0, 19).replace("T", " ")}'`;
  const missing = `game_id NOT IN (SELECT game_id FROM nba_raw.player_boxscores WHERE game_date = DATE '${day}')${skip === "" ? "" : ` AND game_id NOT IN (${skip})`}`;
  if (day === "2025-03-15") {
    return `INSERT INTO nba_raw.player_boxscores SELECT game_id, CAST(game_date AS DATE), player_id, player_name, CAST(pts AS DOUBLE), ${when} FROM read_csv('${real}', all_varchar = true) WHERE ${missing}`;
  }
  return `INSERT INTO nba_raw.player_boxscores SELECT game_id, game_date, team || '-' || n, 'Player ' || n || ' of ' || team, (hash(game_id || team || n) % 30)::DOUBLE, ${when} FROM (SELECT game_id, game_date, unnest([away_team, home_team]) AS team FROM nba_raw.schedule WHERE game_date = DATE '${day}'), range(1, 11) AS players(n) WHERE ${missing}`;
}

/** Phases 3 to 6 of a night, as they run once the gate is open. */
export function processNight(day: string, at: Date): readonly string[] {
  const from = `FROM nba_raw.player_boxscores WHERE game_date = DATE '${day}'`;
  const when = `TIMESTAMP '${at.toISOString().slice(0, 19).replace("T", " ")}'`;
  return [
    `INSERT INTO nba_analytics.player_game_summary SELECT game_id, game_date, player_id, 60 + points ${from}`,
    `INSERT INTO nba_precompute.player_aggregates SELECT game_date, player_id, 84.6 ${from}`,
    `INSERT INTO nba_predictions.player_predictions SELECT game_date, player_id, points, points + 0.5 ${from}`,
    `INSERT INTO nba_publishing.signals SELECT DATE '${day}', 'GREEN', ${when}`,
  ];
}
