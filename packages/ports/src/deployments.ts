/** What serves: the revisions of each service. A deployments file, or Cloud Run. */

import type { JsonObject } from "./json.ts";

export type Revision = {
  readonly name: string;
  readonly commit: string;
  /** Share of the traffic, in percent. */
  readonly traffic: number;
  /** RFC 3339. */
  readonly created?: string;
  readonly settings?: JsonObject;
};

export type Deployments = {
  /** All revisions, or undefined when the service is not found. */
  revisions(service: string): Promise<readonly Revision[] | undefined>;
};
