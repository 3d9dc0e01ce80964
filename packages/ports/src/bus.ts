/** The bus: at least once, in no order. Pub/Sub in the cloud, a table of the same SQLite file on a laptop. */

export type Message = {
  readonly topic: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly data: Uint8Array;
};

export type Bus = {
  /** Resolves with the messages' ids once all are stored durably. Throws a permanent `Failure` for an unknown topic. */
  publish(messages: readonly Message[]): Promise<readonly string[]>;
};
