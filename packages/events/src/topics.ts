/** The topics of the system. */

export const topics = ["runs", "drift", "canary", "gate", "healing", "alerts", "operator", "delivery", "dead-letter"] as const;

export type Topic = (typeof topics)[number];

export function isTopic(name: string): name is Topic {
  return (topics as readonly string[]).includes(name);
}
