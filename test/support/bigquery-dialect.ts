/** From what our statements use of BigQuery's dialect to DuckDB's. Whether BigQuery takes a statement is for Google's analyzer to say. */

/** A quoted identifier, or a string literal, a raw one too, or anything else up to the next of these. */
const TOKEN = /\br'[^']*'|`(?:\\.|[^`\\])*`|"(?:\\.|[^"\\])*"|'(?:''|\\.|[^'\\])*'|(?:(?!\br')[^`"'])+/g;

const FIELD_TYPES: Readonly<Record<string, string>> = {
  BIGINT: "INTEGER",
  INTEGER: "INTEGER",
  HUGEINT: "INTEGER",
  DOUBLE: "FLOAT",
  FLOAT: "FLOAT",
  BOOLEAN: "BOOLEAN",
  DATE: "DATE",
  JSON: "JSON",
  TIMESTAMP: "DATETIME",
  "TIMESTAMP WITH TIME ZONE": "TIMESTAMP",
};

/** A type of BigQuery's API. @param type by DuckDB's name */
export function fieldType(type: string): string {
  return type.startsWith("DECIMAL") ? "NUMERIC" : (FIELD_TYPES[type] ?? "STRING");
}

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
      .replaceAll(/\bNUMERIC\b/g, "DECIMAL(38, 9)")
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
