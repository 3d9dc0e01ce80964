/** kintsugi.yaml as a JSON Schema, for editors. */

import { z } from "zod";
import { ConfigForm } from "./form.ts";

export function configJsonSchema(): object {
  return { ...z.toJSONSchema(ConfigForm, { io: "input", unrepresentable: "any" }), title: "kintsugi.yaml" };
}
