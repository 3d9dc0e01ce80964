import { expect, test } from "vitest";
import { configJsonSchema } from "./json-schema.ts";

test("editors learn the keys of the file and that there are no others", () => {
  expect(configJsonSchema()).toMatchObject({
    title: "kintsugi.yaml",
    required: ["version", "pipeline", "timezone"],
    additionalProperties: false,
    properties: { version: { const: 1 }, healers: { additionalProperties: { required: ["batches"] } } },
  });
});
