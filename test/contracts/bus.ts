/** What every bus must do. */

import type { Bus, Message } from "@kintsugi/ports/bus";
import { Failure } from "@kintsugi/ports/failure";
import { beforeAll, describe, expect, test } from "vitest";

export type OpenedBus = {
  readonly bus: Bus;
  /** All messages that a subscriber of the topic `runs` has been given so far. */
  received(): Promise<readonly Pick<Message, "attributes" | "data">[]>;
};

export function busContract(name: string, open: () => Promise<OpenedBus>): void {
  describe(`bus: ${name}`, () => {
    let opened: OpenedBus;
    beforeAll(async () => {
      opened = await open();
    });

    test("bytes and attributes arrive as they were published, each message under its own id", async () => {
      const messages = Array.from({ length: 120 }, (_, index) => ({
        topic: "runs",
        attributes: { "ce-id": `e${index}`, text: "ü 🏀" },
        data: Uint8Array.from([0, 255, index % 256, 10]),
      }));
      const ids = await opened.bus.publish(messages);
      expect(new Set(ids).size).toBe(120);
      const received = await opened.received();
      for (const message of messages) {
        const same = received.find(({ attributes }) => attributes["ce-id"] === message.attributes["ce-id"]);
        expect(same?.attributes).toEqual(message.attributes);
        expect([...same!.data]).toEqual([...message.data]);
      }
    });

    test("attributes alone make a message", async () => {
      await opened.bus.publish([{ topic: "runs", attributes: { "ce-id": "no-data" }, data: new Uint8Array() }]);
      const received = await opened.received();
      expect(received.find(({ attributes }) => attributes["ce-id"] === "no-data")?.data).toHaveLength(0);
    });

    test("a topic that does not exist is a permanent failure", async () => {
      const publish = opened.bus.publish([{ topic: "no-such-topic", attributes: { a: "1" }, data: new Uint8Array() }]);
      await expect(publish).rejects.toSatisfy((error) => error instanceof Failure && error.failure === "permanent");
    });
  });
}
