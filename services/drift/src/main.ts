/** The cloud entry of drift. */

import { requireConfig } from "@kintsugi/config/load";
import { httpHandler } from "@kintsugi/function-kit/http";
import { readCloudEnvironment } from "@kintsugi/gcp/cloud-environment";
import { cloudLog } from "@kintsugi/gcp/cloud-log";
import { cloudPorts } from "@kintsugi/gcp/cloud-ports";
import { serve } from "@kintsugi/gcp/serve";
import { drift } from "./function.ts";

const environment = readCloudEnvironment(process.env);
const config = await requireConfig(environment.configFile, process.env);
const ports = cloudPorts(config, environment, Date.now);

serve(drift.name, httpHandler(drift, { config, ...ports }, cloudLog));
