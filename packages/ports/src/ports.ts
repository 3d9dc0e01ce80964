/** All that the system needs from the world. A handler names the parts that it takes. */

import type { Bus } from "./bus.ts";
import type { Chat } from "./chat.ts";
import type { Deployments } from "./deployments.ts";
import type { Documents } from "./documents.ts";
import type { History } from "./history.ts";
import type { LedgerTables, Warehouse } from "./warehouse.ts";
import type { SendWebhook } from "./webhook.ts";

export type Clock = {
  /** Epoch ms. */
  now(): number;
  sleep(ms: number): Promise<void>;
};

export type Ports = {
  readonly clock: Clock;
  readonly bus: Bus;
  readonly documents: Documents;
  readonly warehouse: Warehouse;
  readonly ledger: LedgerTables;
  readonly chat: Chat;
  readonly sendWebhook: SendWebhook;
  readonly deployments: Deployments;
  readonly history: History;
};
