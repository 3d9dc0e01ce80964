/** Names under which secrets stand, as keys of JSON and in text: `DB_PASSWORD`, `clientSecret`, `x-api-key`. Pure. */

/** Wherever in a name they stand, if nothing follows them there. */
const ENDINGS = String.raw`passw(?:or)?ds?|passwort|passphrase|pwd|secrets?|(?<!(?:page|continuation|sync|next)[_.-]?)token|credentials?|api[_.-]?keys?|(?:access|account|admin|auth|client|deploy|encryption|integration|license|master|private|publish|secret|service|session|shared|signing|storage|subscription|write)[_.-]?(?:access[_.-]?)?key|connection[_.-]?string|webhook[_.-]?url|authorization|set-cookie`;
/** These are words of their own, or the last word of a name. */
const WORDS = String.raw`(?:(?<=[A-Za-z0-9][_.-])pass|(?<![A-Za-z0-9])(?:cookie|sig|signature|x-(?:amz|goog)-(?:signature|credential|security-token)|_auth|auth[_-]token|session[_-]?id|phpsessid|jsessionid|sid_token|dsn|otp|pin_code))`;
/** What may follow and changes nothing. */
const AFTER = String.raw`(?:[_.-]?(?:[0-9]{1,3}|prod|dev|test|staging|base64|b64|hash|plain|plaintext|value|text|old|new|current|previous))?`;

/** Ends where the name does. It reads a few characters at each place, so a text is read once. */
export const SECRET_NAME = new RegExp(`(?:${ENDINGS}|${WORDS})${AFTER}(?![A-Za-z0-9_])`, "gi");
const WHOLE = new RegExp(`(?:${ENDINGS}|${WORDS})${AFTER}$`, "i");
const LONGEST_NAME = 128;
/** `API key of the app` is a name; what has more words is a sentence. */
const MOST_WORDS = 5;
/** Every name holds one of these: most texts hold none, and are read once. */
export const NAME_PART =
  /pass|pwd|secret|token|credential|key|auth|cookie|connection|webhook|sig|session|phpsessid|jsessionid|dsn|otp|pin_code/i;

/** Whether what stands under this key is a secret, whatever it looks like. */
export function isSecretKey(key: string): boolean {
  return key.length <= LONGEST_NAME && key.split(" ", MOST_WORDS + 1).length <= MOST_WORDS && NAME_PART.test(key) && WHOLE.test(key);
}
