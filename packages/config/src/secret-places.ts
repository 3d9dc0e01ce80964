/** Where secrets stand in kintsugi.yaml: each is only ever given as `${NAME}`, and is never shown. Pure. */

import type { Path } from "./path.ts";

const ANY = Symbol("any");

const PLACES: readonly Path[] = [
  ["slack", "token"],
  ["slack", "signing_secret"],
  ["slack", "webhooks", ANY],
  ["receivers", ANY, "webhook"],
  ["receivers", ANY, "secret"],
];
/** Without a token messages go to the terminal, and without a signing secret there are no buttons. */
const OPTIONAL: readonly Path[] = [
  ["slack", "token"],
  ["slack", "signing_secret"],
];

/** A value that is nothing but one environment variable. */
export const SECRET_REFERENCE = /^\$\{[^}$]+\}$/;

export function isSecretPlace(path: Path): boolean {
  return PLACES.some((place) => isPlace(path, place));
}

export function isOptionalSecret(path: Path): boolean {
  return OPTIONAL.some((place) => isPlace(path, place));
}

function isPlace(path: Path, place: Path): boolean {
  return path.length === place.length && place.every((step, index) => step === ANY || step === path[index]);
}
