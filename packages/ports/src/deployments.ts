/** What serves: the revisions of each service. A deployments file, or Cloud Run. */

import type { JsonObject } from "./json.ts";

export type Revision = {
  readonly name: string;
  readonly commit: string;
  /** Share of the traffic, in percent. */
  readonly traffic: number;
  /** When it was deployed, RFC 3339. */
  readonly created?: string;
  /** Who or what deployed it. */
  readonly by?: string;
  readonly settings?: JsonObject;
};

export type Deployments = {
  /** All revisions, or undefined when the service is not found. */
  revisions(service: string): Promise<readonly Revision[] | undefined>;
  /** Names of all services that take traffic, whoever watches them. */
  services(): Promise<readonly string[]>;
};
