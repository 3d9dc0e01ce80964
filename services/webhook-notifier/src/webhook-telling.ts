/** A change of an incident as a signed webhook. */

import { createHmac } from "node:crypto";
import type { Config, Receiver as Configured } from "@kintsugi/config/model";
import type { IncidentChanged } from "@kintsugi/events/alerts";
import { Severity } from "@kintsugi/events/fields";
import { maskJson } from "@kintsugi/events/mask";
import { composeIncident } from "@kintsugi/notify/compose";
import { incidentWanted } from "@kintsugi/notify/incident-telling";
import type { Receiver, Telling } from "@kintsugi/notify/receiver";
import type { Ports } from "@kintsugi/ports/ports";
import { judgeAnswer } from "./judge-answer.ts";

type Parts = Pick<Ports, "sendWebhook" | "clock"> & { readonly config: Config };

export function webhookTelling(
  { config, sendWebhook, clock }: Parts,
  to: Configured,
  at: { receiver: Receiver; incident: IncidentChanged },
): Telling {
  const { receiver, incident } = at;
  const message = composeIncident(incident, config);
  const wanted = incidentWanted([incident], message);
  const id = `${incident.key}:${incident.opened}:${incident.revision}`;
  const { headline, facts, steps, notes } = message;
  const body = JSON.stringify({
    incident: maskJson(incident, config.hidden),
    message: { headline, facts, steps, notes },
    pipeline: config.pipeline,
  });
  return {
    receiver,
    key: incident.key,
    channel: to.name,
    wanted: { ...wanted, post: wanted.post && isGrave(incident, to), remarks: [] },
    calls: {
      async post() {
        const answer = await sendWebhook({ url: to.url, body, headers: headersOf(body, id, to.secret) });
        const failure = judgeAnswer(to.name, answer, clock.now());
        if (failure !== undefined) throw failure;
        return { channel: to.name, id };
      },
      // Nothing is edited or answered, as every change is a call of its own, and a receiver tells a repeated one by its id.
      edit: async () => {},
      reply: async () => {},
      find: async () => undefined,
    },
  };
}

function isGrave({ severity }: IncidentChanged, { minSeverity }: Configured): boolean {
  return Severity.options.indexOf(severity) >= Severity.options.indexOf(minSeverity);
}

function headersOf(body: string, id: string, secret: string | undefined): Readonly<Record<string, string>> {
  const signature =
    secret === undefined ? {} : { "x-kintsugi-signature": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}` };
  // A name of a person's own choice may hold what a header may not.
  return { "content-type": "application/json", "x-kintsugi-id": encodeURI(id), ...signature };
}
