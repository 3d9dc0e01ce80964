import { expect, test } from "vitest";
import { plainText } from "./plain-text.ts";

test.for<[mrkdwn: string, plain: string]>([
  ["*🔴 red: rows fail* · since noon\n• rows: 1 &lt; 2 &amp; 3 &gt; 2", "🔴 red: rows fail · since noon\n• rows: 1 < 2 & 3 > 2"],
  ["<!here> *🚨 critical: rows fail*", "🚨 critical: rows fail"],
  ["next: `kintsugi why b1`", "next: kintsugi why b1"],
  ["an escape of data stays data: &amp;lt;", "an escape of data stays data: &lt;"],
])("%j is read as %j", ([mrkdwn, plain]) => {
  expect(plainText(mrkdwn)).toBe(plain);
});
