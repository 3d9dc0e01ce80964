/** The cloud entry of slack-notifier. */

import { serveFunction } from "@kintsugi/gcp/serve-function";
import { slackNotifier } from "./function.ts";

await serveFunction(slackNotifier);
