/** Slack's client behind a local name: a bundler loses the named exports of CommonJS packages in `import()`. */

export { LogLevel, WebClient } from "@slack/web-api";
