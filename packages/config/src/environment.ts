/** Puts environment variables into the file's values: `${NAME}`, and `$${` for a plain `${`. */

import type { Taken } from "./hidden-values.ts";
import { isHolder, type Path } from "./path.ts";
import type { Report } from "./problem.ts";
import { isOptionalSecret, isSecretPlace, SECRET_REFERENCE } from "./secret-places.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** A text of which the environment has a say. */
export const WITH_VARIABLE = /(?:^|[^$])\$\{[^}$]*\}/;
const VARIABLE = /\$\$\{|\$\{([^}$]*)\}/g;

export type From = {
  readonly environment: Environment;
  readonly report: Report;
  /** Hears of each value that is put in. */
  readonly took: (taken: Taken) => void;
  /** Where a variable stays as it is written, as in a statement that is shown. */
  readonly keepsName?: (path: Path) => boolean;
};

/** What cannot be known is undefined, and reported. */
export function substitute(value: unknown, from: From, path: Path = []): unknown {
  if (typeof value === "string") return substituteText(value, from, path);
  if (Array.isArray(value)) return value.map((item, index) => substitute(item, from, [...path, index]));
  if (!isHolder(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, substitute(inner, from, [...path, key])]));
}

function substituteText(text: string, { environment, report, took, keepsName }: From, path: Path): string | undefined {
  if (text.startsWith("secret:")) {
    report(path, () => "secret: references are not supported yet; use ${NAME}");
    return undefined;
  }
  if (isSecretPlace(path) && !SECRET_REFERENCE.test(text)) {
    report(path, "a secret is only ever given as ${NAME}", { offending: "****" });
    return undefined;
  }
  let isKnown = true;
  const put = text.replaceAll(VARIABLE, (whole, variable: string | undefined) => {
    if (variable === undefined) return "${";
    const found = environment[variable];
    const fault = faultOf(found, path);
    if (fault === undefined) {
      if (found !== undefined) took({ path, variable, value: found });
      return keepsName?.(path) === true ? whole : (found ?? "");
    }
    report(path, `the environment variable ${variable} ${fault}`, { offending: whole });
    isKnown = false;
    return "";
  });
  return isKnown ? put : undefined;
}

function faultOf(found: string | undefined, path: Path): string | undefined {
  if (found === undefined) return isOptionalSecret(path) ? undefined : "is not set";
  // Who sets it to nothing meant to give it: without this, each message would be refused by whoever wants the secret.
  if (found.trim() === "") return isOptionalSecret(path) ? "is empty: give the secret, or leave the variable unset" : "is not set";
  if (!isSecretPlace(path)) return undefined;
  if (/\p{Cc}/u.test(found)) return "holds a line break or another control character, which no secret has";
  return isOptionalSecret(path) && !/^[!-~]+$/.test(found)
    ? "holds a blank or a character beyond ASCII, which no secret of Slack's has"
    : undefined;
}
