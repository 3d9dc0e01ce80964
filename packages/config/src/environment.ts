/** Puts environment variables into the file's values: `${NAME}`, and `$${` for a plain `${`. */

export type Environment = Readonly<Record<string, string | undefined>>;

const VARIABLE = /\$\$\{|\$\{([^}]*)\}/g;
/** Without a token messages go to the terminal; a missing variable is then no error. */
const OPTIONAL = new Set(["slack.token", "slack.signing_secret"]);
const SECRETS = new Set(["slack.token", "slack.signing_secret"]);

type Report = (path: readonly PropertyKey[], message: string, offending: string) => void;

export function substitute(value: unknown, environment: Environment, report: Report, path: readonly PropertyKey[] = []): unknown {
  if (typeof value === "string") return substituteText(value, environment, report, path);
  if (Array.isArray(value)) return value.map((item, index) => substitute(item, environment, report, [...path, index]));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, substitute(inner, environment, report, [...path, key])]));
  }
  return value;
}

function substituteText(text: string, environment: Environment, report: Report, path: readonly PropertyKey[]): string {
  const name = path.join(".");
  if (text.startsWith("secret:")) {
    report(path, "secret: references are not supported yet; use ${NAME}", text);
    return text;
  }
  if (SECRETS.has(name) && !/^\$\{[^}]+\}$/.test(text)) {
    report(path, "a secret is only ever given as ${NAME}", "****");
    return "";
  }
  return text.replaceAll(VARIABLE, (whole, variable: string | undefined) => {
    if (variable === undefined) return "${";
    const found = environment[variable];
    if (found !== undefined && found.trim() !== "") return found;
    if (!OPTIONAL.has(name)) report(path, `the environment variable ${variable} is not set`, whole);
    return "";
  });
}
