/** What a bus on one machine can do besides publishing: it keeps what is due until it is acknowledged, and a scheduled run is a delivery too. */

import type { Bus, Message } from "@kintsugi/ports/bus";

export type Delivery = {
  readonly id: number;
  readonly kind: "event" | "run";
  readonly subscription: string;
  /** The same for all subscriptions of one message. */
  readonly messageId: string;
  readonly topic: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly data: Uint8Array;
  /** From 1. */
  readonly attempt: number;
  readonly publishedMs: number;
  readonly dueMs: number;
};

export type LocalBus = Bus & {
  /** Inside a transaction that is open already. Returns the messages' ids. */
  insert(messages: readonly Message[]): readonly string[];
  /** What is due, oldest first; it stays until it is acknowledged. */
  take(subscription: string, nowMs: number, limit: number): readonly Delivery[];
  ack(ids: readonly number[]): void;
  nack(ids: readonly number[], dueMs: number): void;
  /** When the next delivery is due, leaving out subscriptions that are at work. */
  nextDue(except?: readonly string[]): number | undefined;
  /** Makes all that waits due now. */
  hurry(nowMs: number): void;
  /** At most one scheduled run per function and due time. @param by tells a run by hand from a scheduled one */
  enqueueRun(functionName: string, dueMs: number, by?: string): void;
};

export type BusOptions = {
  /** Topic to the names of its subscriptions; a topic that is not a key is unknown. */
  readonly subscriptions: Readonly<Record<string, readonly string[]>>;
  readonly clock: { now(): number };
  /** Names the messages; unique. */
  readonly newId?: () => string;
  /** When the copies of a message reach one subscription, in ms after now. */
  readonly delays?: () => readonly number[];
};
