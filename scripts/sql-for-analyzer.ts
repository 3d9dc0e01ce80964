/** Adds the example tables of test/scenarios/data.yaml to what `kintsugi sql --json` prints, so that an analyzer can resolve every statement. */

import { readFileSync } from "node:fs";

const [file] = process.argv.slice(2);
const printed = JSON.parse(readFileSync(file!, "utf8")) as { tables: unknown[]; statements: unknown[] };
const columns = (text: string): { name: string; type: string }[] =>
  text.split(" ").map((column) => ({ name: column.split(":")[0]!, type: column.split(":")[1]! }));

const users = [
  { name: "nba_raw.schedule", schema: columns("game_id:STRING game_date:DATE tipoff_utc:TIMESTAMP season_type:STRING") },
  {
    name: "nba_raw.player_boxscores",
    schema: columns(
      "game_id:STRING game_date:DATE player_id:STRING player_name:STRING minutes:FLOAT64 points:FLOAT64 scraped_at:TIMESTAMP",
    ),
  },
  { name: "nba_analytics.player_game_summary", schema: columns("game_id:STRING game_date:DATE player_id:STRING") },
  { name: "nba_predictions.player_prop_predictions", schema: columns("game_date:DATE player_id:STRING predicted:FLOAT64") },
];
process.stdout.write(JSON.stringify({ tables: [...printed.tables, ...users], statements: printed.statements }));
