/** Slack's mrkdwn as a terminal shows it: no mention, no emphasis, no escapes. Pure. */

export function plainText(mrkdwn: string): string {
  return mrkdwn
    .replace(/^<!here> /, "")
    .replaceAll(/^\*(.+?)\*/gm, "$1")
    .replaceAll("`", "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
