/** Whom an operator's word was about that was refused: it stands in the bytes that the dead letter keeps. Pure. */

import { derivedId } from "@kintsugi/events/event";
import { subjectKey } from "@kintsugi/events/subject";
import type { Json, JsonObject } from "@kintsugi/ports/json";

/** Every name under which people would ask for it. */
export function namesIn(letter: JsonObject): readonly string[] {
  const body = bodyOf(letter);
  const text = (name: string): string | undefined => (typeof body[name] === "string" ? body[name] : undefined);
  const [healer, target, gate] = [text("healer"), text("target"), text("gate")];
  const attributes = isObject(letter["attributes"]) ? letter["attributes"] : {};
  const messageId = String(letter["message_id"]);
  const names = [
    text("incident"),
    target,
    gate,
    gate === undefined ? undefined : subjectKey({ kind: "gate", gate }),
    healer,
    healer === undefined ? undefined : subjectKey({ kind: "healer", healer }),
    healer === undefined || target === undefined ? undefined : subjectKey({ kind: "target", healer, target }),
    text("id"),
    attributes["ce-id"],
    messageId,
    derivedId("message", messageId),
  ];
  return names.filter((name) => typeof name === "string");
}

/** The payload with what its envelope says, whichever form the sender chose. */
function bodyOf(letter: JsonObject): JsonObject {
  try {
    const body = JSON.parse(Buffer.from(String(letter["data"]), "base64").toString("utf8")) as Json;
    if (!isObject(body)) return {};
    return isObject(body["data"]) ? { ...body, ...body["data"] } : body;
  } catch {
    return {};
  }
}

function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
