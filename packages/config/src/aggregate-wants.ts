/** What an aggregate needs of its column. Pure. */

import type { Aggregate } from "./model.ts";

export function aggregateWants(aggregate: Aggregate | undefined): "number" | "time" | "anything" {
  switch (aggregate) {
    case "min":
    case "max":
    case "avg":
    case "sum":
    case "stddev":
    case "zero_rate":
      return "number";
    case "age":
      return "time";
    case "count":
    case "count_distinct":
    case "null_count":
    case "null_rate":
    case "duplicate_count":
    case undefined:
      return "anything";
  }
}
