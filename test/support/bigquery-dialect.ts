/** From what our statements use of BigQuery's dialect to DuckDB's. Whether BigQuery takes a statement is for Google's analyzer to say. */

/** A quoted identifier, or a string literal, a raw one too, or anything else up to the next of these. */
const TOKEN = /\br'[^']*'|`(?:\\.|[^`\\])*`|"(?:\\.|[^"\\])*"|'(?:''|\\.|[^'\\])*'|(?:(?!\br')[^`"'])+/g;

export function toDuckdb(sql: string): string {
  const translated = sql.replaceAll(TOKEN, (token) => {
    if (token.startsWith("`")) return identifierOf(token.slice(1, -1));
    if (token.startsWith('"')) return `'${String(JSON.parse(token)).replaceAll("'", "''")}'`;
    if (token.startsWith("r'")) return token.slice(1);
    if (token.startsWith("'")) return token;
    // BigQuery's TIMESTAMP is an instant.
    return token
      .replaceAll(/\bSTRUCT\(/g, "row(")
      .replaceAll(/\bJSON_VALUE\(/g, "json_extract_string(")
      .replaceAll(/\bTIMESTAMP\b/g, "TIMESTAMPTZ");
  });
  return /^\s*CREATE TABLE/i.test(translated) ? translated.replace(/\s*PARTITION BY[^\n]*$/, "") : translated;
}

/** `dataset.table` in one pair of quotes is a path. */
function identifierOf(quoted: string): string {
  const name = quoted.replaceAll(/\\(.)/g, "$1");
  return name
    .split(".")
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join(".");
}
