/** What every chat must do whose messages can be edited. */

import type { Chat, ChatMessage, ChatRemark } from "@kintsugi/ports/chat";
import { Failure } from "@kintsugi/ports/failure";
import { beforeAll, describe, expect, test } from "vitest";

export type OpenedChat = {
  readonly chat: Chat;
  /** What people see in the channel now, replies left out. */
  visible(channel: string): Promise<readonly string[]>;
  /** A person deletes the message; left out where nobody can. */
  remove?(id: string): Promise<void>;
};

export function chatMessage(key: string, change: Partial<ChatMessage> = {}): ChatMessage {
  return { key, headline: key, facts: [], steps: [], notes: [], tone: "red", mention: false, actions: [], ...change };
}

function remark(key: string, text: string): ChatRemark {
  return { key, text, isAloud: false, mention: false };
}

export function chatContract(name: string, open: () => Promise<OpenedChat>): void {
  describe(`chat: ${name}`, () => {
    let opened: OpenedChat;
    beforeAll(async () => {
      opened = await open();
    });
    const longAgoMs = Date.parse("2020-01-01T00:00:00Z");
    const saying = (...texts: readonly string[]) => texts.map((text) => expect.stringContaining(text) as string);

    test("it says whose book it fills, and nothing is wrong with it", async () => {
      expect(opened.chat.receiver).toMatch(/^[a-z]+$/);
      expect(opened.chat.isEditable).toBe(true);
      expect(await opened.chat.problems([])).toEqual([]);
    });

    test("a message is found by its key, in its channel", async () => {
      const address = await opened.chat.post("#alerts", chatMessage("k1"));
      expect(await opened.chat.find("#alerts", "k1", longAgoMs)).toEqual(address);
      expect(await opened.chat.find("#alerts", "k2", longAgoMs)).toBeUndefined();
      expect(await opened.chat.find("#elsewhere", "k1", longAgoMs)).toBeUndefined();
    });

    test("people see all that a message says: headline, facts, steps and small print", async () => {
      const parts = { headline: "red: rows fail", facts: ["1 of 2", "missing b"], steps: ["kintsugi why x"], notes: ["canary:raw.rows"] };
      await opened.chat.post("#parts", chatMessage("k", parts));
      const [text] = await opened.visible("#parts");
      for (const part of ["red: rows fail", "1 of 2", "missing b", "kintsugi why x", "canary:raw.rows"]) expect(text).toContain(part);
    });

    test("an edit changes the message, and adds none", async () => {
      const address = await opened.chat.post("#edits", chatMessage("k", { headline: "before" }));
      await opened.chat.update(address, chatMessage("k", { headline: "after" }));
      expect(await opened.visible("#edits")).toEqual(saying("after"));
      expect(await opened.chat.find("#edits", "k", longAgoMs)).toEqual(address);
    });

    test("a reply is no message of the channel, and is not found as one", async () => {
      const address = await opened.chat.post("#threads", chatMessage("q", { headline: "question" }));
      await opened.chat.reply(address, remark("a", "answer"));
      expect(await opened.visible("#threads")).toEqual(saying("question"));
      expect(await opened.chat.find("#threads", "a", longAgoMs)).toBeUndefined();
    });

    test("a reply is found by its key in the thread that it stands in", async () => {
      const [one, other] = [
        await opened.chat.post("#threads", chatMessage("one")),
        await opened.chat.post("#threads", chatMessage("other")),
      ];
      const address = await opened.chat.reply(one, remark("one:2", "still open"));
      expect(await opened.chat.find("#threads", "one:2", longAgoMs, one)).toEqual(address);
      expect(await opened.chat.find("#threads", "one:3", longAgoMs, one)).toBeUndefined();
      expect(await opened.chat.find("#threads", "one:2", longAgoMs, other)).toBeUndefined();
    });

    test("a message that a person deleted is not found, and editing or answering it is permanently refused", async ({ skip }) => {
      if (opened.remove === undefined) skip();
      const address = await opened.chat.post("#deleted", chatMessage("k"));
      await opened.remove!(address.id);
      expect(await opened.chat.find("#deleted", "k", longAgoMs)).toBeUndefined();
      const isPermanent = (error: unknown): boolean => error instanceof Failure && error.failure === "permanent";
      await expect(opened.chat.update(address, chatMessage("k"))).rejects.toSatisfy(isPermanent);
      await expect(opened.chat.reply(address, remark("k:2", "still open"))).rejects.toSatisfy(isPermanent);
    });
  });
}
