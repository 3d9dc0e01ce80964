/** What secrets look like by themselves, wherever they stand. Facts about prefixes and lengths: the published rules of gitleaks, and the vendors. Pure. */

import type { Span } from "./secret-pairs.ts";

const HEX = "[0-9a-f]";
const ALNUM = "[A-Za-z0-9]";
/** Of base64 for addresses. */
const URL64 = "[A-Za-z0-9_-]";
const DOTTED = "[A-Za-z0-9._-]";

/** What secrets begin with, and how many characters of which kind follow at least. */
type Prefixed = readonly [begins: string, chars: string, least: number];

/** None is followed by a condition: what begins like a secret and is long enough is one, so that a text is read once. */
const PREFIXED: readonly Prefixed[] = [
  ["xoxb- xoxp- xoxa- xoxo- xoxr- xoxs- xoxe- xoxe. xoxc- xoxd-", "[A-Za-z0-9._-]", 5],
  ["xapp- xwfp-", URL64, 16],
  ["ghp_ gho_ ghu_ ghs_ ghr_", ALNUM, 20],
  ["github_pat_", "[A-Za-z0-9_]", 22],
  ["glpat- glptt- gldt- glcbt- glft- glimt- glagent- gloas- glrt- glrtr- glsoat- glffct- glwt-", DOTTED, 16],
  ["GR1348941", URL64, 20],
  ["AKIA ASIA ABIA ACCA", "[A-Z0-9]", 16],
  ["A3T", "[A-Z0-9]", 17],
  ["ABSK", "[A-Za-z0-9+/]", 100],
  ["LTAI", ALNUM, 16],
  ["AKID", ALNUM, 28],
  ["AIza", URL64, 30],
  ["ya29.", URL64, 20],
  ["GOCSPX-", URL64, 20],
  ["1//0", URL64, 30],
  ["sk-ant- sk-proj- sk-svcacct- sk-admin- sk-or- sk-lf- sk-None-", URL64, 16],
  ["sk-", ALNUM, 20],
  ["sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_ pk_live_ rzp_live_ rzp_test_", ALNUM, 10],
  ["whsec_", "[A-Za-z0-9+/]", 24],
  ["sq0atp- sq0csp-", URL64, 20],
  ["EAAA", URL64, 50],
  ["EAAM EAAC", ALNUM, 80],
  ["shpat_ shpca_ shppa_ shpss_ shptka_ shpua_", "[A-Fa-f0-9]", 32],
  ["shippo_live_ shippo_test_", HEX, 32],
  ["access-sandbox- access-development- access-production-", "[0-9a-f-]", 32],
  ["EZAK EZTK", ALNUM, 54],
  ["duffel_test_ duffel_live_", URL64, 40],
  ["FLWSECK- FLWSECK_TEST-", ALNUM, 12],
  ["SG.", DOTTED, 40],
  ["xkeysib- xsmtpsib-", "[a-f0-9-]", 64],
  ["key- pubkey-", HEX, 32],
  ["mlsn.", HEX, 40],
  ["re_", "[A-Za-z0-9]{8}_[A-Za-z0-9]", 16],
  ["SK", HEX, 32],
  ["npm_", ALNUM, 30],
  ["pypi-AgE", URL64, 40],
  ["rubygems_", HEX, 40],
  ["oy2", "[a-z0-9]", 43],
  ["cio", ALNUM, 32],
  ["CLOJARS_ clojars_", ALNUM, 40],
  ["dckr_pat_ dckr_oat_", URL64, 20],
  ["AKCp", ALNUM, 60],
  ["cmVmd", ALNUM, 59],
  ["doo_v1_ dop_v1_ dor_v1_", HEX, 40],
  ["dapi", HEX, 32],
  ["dt0c01. dt0s01. dt0s16.", "[A-Z0-9.]", 60],
  ["dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.", DOTTED, 30],
  ["hvs. hvb. hvr.", URL64, 20],
  ["ops_eyJ", "[A-Za-z0-9+/]", 60],
  ["A3-", "[A-Z0-9]{6}-[A-Z0-9-]", 20],
  ["AGE-SECRET-KEY-1", "[A-Z0-9]", 50],
  ["pul-", HEX, 40],
  ["pnu_", ALNUM, 30],
  ["ico-", ALNUM, 32],
  ["HRKU-", URL64, 36],
  ["fo1_", URL64, 40],
  ["fm1a_ fm1r_ fm2_", "[A-Za-z0-9+/=_-]", 60],
  ["nfp_ nfc_ nfo_ nfb_ nfu_", ALNUM, 36],
  ["sbp_", HEX, 40],
  ["sb_secret_", URL64, 20],
  ["napi_", ALNUM, 40],
  ["pscale_tkn_ pscale_pw_ pscale_oauth_ pscale_service_token_", DOTTED, 30],
  ["tskey-", "[A-Za-z0-9-]", 16],
  ["tfp_", DOTTED, 40],
  ["hf_ api_org_", ALNUM, 30],
  ["gsk_ r8_", ALNUM, 30],
  ["xai- pplx-", ALNUM, 40],
  ["nvapi-", URL64, 40],
  ["pcsk_", "[A-Za-z0-9_]", 40],
  ["lsv2_pt_ lsv2_sk_", "[a-f0-9_]", 32],
  ["AQVN", URL64, 35],
  ["t1.", "[A-Za-z0-9_-]{20,200}[.][A-Za-z0-9_-]", 40],
  ["NRAK- NRJS- NRII- NRRA-", "[A-Za-z0-9-]", 19],
  ["glc_ glsa_", "[A-Za-z0-9_+/=]", 32],
  ["sntrys_ sntryu_", "[A-Za-z0-9+/=_]", 40],
  ["PMAK-", "[a-f0-9-]", 40],
  ["PMAT-", ALNUM, 20],
  ["phx_", URL64, 30],
  ["squ_ sqp_ sqa_", HEX, 40],
  ["sgp_", "[a-f0-9_]", 40],
  ["snyk_", DOTTED, 30],
  ["CCIPAT_ CCIPRJ_", "[A-Za-z0-9_]", 30],
  ["bkua_ bkpa_", HEX, 40],
  ["API-", "[A-Z0-9]", 26],
  ["sha256~", URL64, 43],
  ["lin_api_ lin_oauth_", ALNUM, 30],
  ["ntn_ secret_", ALNUM, 40],
  ["figd_", URL64, 30],
  ["CFPAT-", URL64, 40],
  ["pat-na1- pat-na2- pat-na3- pat-eu1-", "[0-9a-f-]", 32],
  ["pat", "[A-Za-z0-9]{14}[.][0-9a-f]", 60],
  ["ATATT3 ATCTT3", "[A-Za-z0-9_=-]", 60],
  ["ATBB", "[A-Za-z0-9_=]", 28],
  ["pat. sat.", "[A-Za-z0-9_-]{22}[.][A-Za-z0-9._-]", 40],
  ["rdme_", ALNUM, 60],
  ["fio-u-", URL64, 60],
  ["p8e-", ALNUM, 32],
  ["tk-us-", URL64, 40],
  ["sm_aat_ sm_pat_ sm_sat_", ALNUM, 16],
  ["sl.", URL64, 100],
  ["pk.eyJ sk.eyJ", DOTTED, 60],
  ["sdk- mob-", "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f-]", 17],
  ["v1.0-", "[a-f0-9-]", 100],
  ["4b1d", ALNUM, 38],
  ["AAAAAAAAAAAAAAAAAAAAA", "[B-Z0-9a-z][A-Za-z0-9%]", 49],
  ["sc_ ext_ scauth_ authress_", "[A-Za-z0-9]{5,30}[.][A-Za-z0-9]{4,6}[.]acc[_-][A-Za-z0-9.+/_=-]", 30],
  ["essu_", "[A-Za-z0-9+/=_]", 30],
  ["ddp_ ddapp_", ALNUM, 30],
  ["bb_live_ bb_test_", URL64, 20],
  ["sk_ pk_ ak_", "[a-f0-9]", 32],
  ["hooks.slack.com/ hooks.slack-gov.com/", "[A-Za-z0-9/_+-]", 10],
  ["discord.com/api/ discordapp.com/api/", "[A-Za-z0-9/_-]", 40],
  ["webhook.office.com/", "[A-Za-z0-9/@-]", 30],
  ["hooks.zapier.com/hooks/catch/", "[A-Za-z0-9/]", 8],
  ["maker.ifttt.com/trigger/", "[A-Za-z0-9/_-]", 20],
  ["hooks.chime.aws/incomingwebhooks/", "[A-Za-z0-9?=-]", 20],
  ["chat.googleapis.com/v1/spaces/", "[^\\s\"'<>]", 30],
  ["events.pagerduty.com/integration/", ALNUM, 20],
];

/**
 * A JWT, also one without a signature or an encrypted one. It begins where a run of its own characters begins: each run is read a few times at
 * most.
 */
const TOKEN_OF_JSON = String.raw`(?<=^|[^A-Za-z0-9_-]|\\[nrtbf])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,3}`;

/** Forms that begin with anything, by a part that all of them hold. */
const MARKED: readonly (readonly [mark: string, form: RegExp])[] = [
  [":AA", /(?<![A-Za-z0-9])[0-9]{8,10}:AA[A-Za-z0-9_-]{32,}/g],
  ["-us", /(?<![A-Za-z0-9])[0-9a-f]{32}-us[0-9]{1,2}(?![A-Za-z0-9])/g],
  ["Q~", /(?<![A-Za-z0-9_~.])[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,}/g],
  [".atlasv1.", /(?<![A-Za-z0-9])[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{40,}/g],
  ["_mmk", /(?<![A-Za-z0-9])[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk/g],
  ["AZDO", /(?<![A-Za-z0-9])[A-Za-z0-9]{30,80}AZDO[A-Za-z0-9]{4}/g],
];

const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const ESCAPE = /%[0-9A-Fa-f]{2}|\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[nrtbf])/y;

type Form = { readonly begins: string; readonly whole: RegExp };

/** By their first two characters: few words of a text begin like any of them. */
const FORMS: ReadonlyMap<number, readonly Form[]> = formsByBeginning();

/** Where secrets stand, as what they look like tells. A word begins after anything but a letter or digit, and after an escape. */
export function secretValues(text: string): readonly Span[] {
  const spans: Span[] = [];
  let isInside = false;
  let escapedTo = -1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const to = isInside && at !== escapedTo ? undefined : endOfForm(text, at, code);
    if (to !== undefined) {
      spans.push([at, to]);
      at = to - 1;
      isInside = true;
      continue;
    }
    if (code === BACKSLASH || code === PERCENT) escapedTo = at + lengthOfEscape(text, at);
    isInside = isLetterOrDigit(code);
  }
  for (const [mark, form] of MARKED)
    if (text.includes(mark)) for (const { 0: whole, index } of text.matchAll(form)) spans.push([index, index + whole.length]);
  return spans;
}

function endOfForm(text: string, at: number, code: number): number | undefined {
  for (const { begins, whole } of FORMS.get(pair(code, text.charCodeAt(at + 1))) ?? []) {
    if (!text.startsWith(begins, at)) continue;
    whole.lastIndex = at;
    if (whole.test(text)) return whole.lastIndex;
  }
  return undefined;
}

/** Of `\n`, `%20`, `\u0022` and `\x22`. */
function lengthOfEscape(text: string, at: number): number {
  ESCAPE.lastIndex = at;
  return ESCAPE.exec(text)?.[0].length ?? 1;
}

function isLetterOrDigit(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || (code >= 65 && code <= 90);
}

function pair(first: number, second: number): number {
  return first * 0x10000 + second;
}

function formsByBeginning(): ReadonlyMap<number, readonly Form[]> {
  const forms = new Map<number, Form[]>();
  const add = (begins: string, whole: RegExp): void => {
    const key = pair(begins.charCodeAt(0), begins.charCodeAt(1));
    forms.set(key, [...(forms.get(key) ?? []), { begins, whole }]);
  };
  add("eyJ", new RegExp(TOKEN_OF_JSON, "y"));
  for (const [list, chars, least] of PREFIXED)
    for (const begins of list.split(" ")) add(begins, new RegExp(`${begins.replaceAll(".", "\\.")}${chars}{${least},}`, "y"));
  return forms;
}

/** All patterns here, for the test that none is slow. */
export function secretPatterns(): readonly RegExp[] {
  return [...[...FORMS.values()].flat().map(({ whole }) => whole), ...MARKED.map(([, form]) => form)];
}
