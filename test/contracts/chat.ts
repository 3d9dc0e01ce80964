/** What every chat must do. */

import type { Chat } from "@kintsugi/ports/chat";
import { beforeAll, describe, expect, test } from "vitest";

export type OpenedChat = {
  readonly chat: Chat;
  /** What people see in the channel now, replies left out. */ visible(channel: string): Promise<readonly string[]>;
};

export function chatContract(name: string, open: () => Promise<OpenedChat>): void {
  describe(`chat: ${name}`, () => {
    let opened: OpenedChat;
    beforeAll(async () => {
      opened = await open();
    });
    const longAgoMs = Date.parse("2020-01-01T00:00:00Z");

    test("a message is found by its key, in its channel", async () => {
      const address = await opened.chat.post("#alerts", { text: "one", key: "k1" });
      expect(await opened.chat.find("#alerts", "k1", longAgoMs)).toEqual(address);
      expect(await opened.chat.find("#alerts", "k2", longAgoMs)).toBeUndefined();
      expect(await opened.chat.find("#elsewhere", "k1", longAgoMs)).toBeUndefined();
    });

    test("an edit changes the message, and adds none", async () => {
      const address = await opened.chat.post("#edits", { text: "before", key: "k" });
      await opened.chat.update(address, { text: "after", key: "k" });
      expect(await opened.visible("#edits")).toEqual(["after"]);
    });

    test("a reply is no message of the channel, and is not found as one", async () => {
      const address = await opened.chat.post("#threads", { text: "question", key: "q" });
      await opened.chat.reply(address, { text: "answer", key: "a" });
      expect(await opened.visible("#threads")).toEqual(["question"]);
      expect(await opened.chat.find("#threads", "a", longAgoMs)).toBeUndefined();
    });

    test("a reply is found by its key in the thread that it stands in", async () => {
      const [one, other] = [
        await opened.chat.post("#threads", { text: "one", key: "one" }),
        await opened.chat.post("#threads", { text: "other", key: "other" }),
      ];
      const address = await opened.chat.reply(one, { text: "still open", key: "one:2" });
      expect(await opened.chat.find("#threads", "one:2", longAgoMs, one)).toEqual(address);
      expect(await opened.chat.find("#threads", "one:3", longAgoMs, one)).toBeUndefined();
      expect(await opened.chat.find("#threads", "one:2", longAgoMs, other)).toBeUndefined();
    });
  });
}
