/** The ledger's two tables in the warehouse, in BigQuery's JSON schema form. */

export type Column = {
  readonly name: string;
  readonly type: "STRING" | "INTEGER" | "FLOAT" | "BOOLEAN" | "TIMESTAMP" | "JSON";
  readonly mode: "REQUIRED" | "NULLABLE";
  readonly description: string;
};

export type Table = {
  readonly name: string;
  /** Unique in what people query. */
  readonly key: "event_key";
  readonly partition: string;
  readonly cluster: string;
  readonly schema: readonly Column[];
};

const required = (name: string, type: Column["type"], description: string): Column => ({ name, type, mode: "REQUIRED", description });
const nullable = (name: string, type: Column["type"], description: string): Column => ({ name, type, mode: "NULLABLE", description });

const envelope: readonly Column[] = [
  required("event_key", "STRING", "hash of source and id: tells an event from all others"),
  required("event_id", "STRING", "the event's id, unique within its source"),
  required("source", "STRING", "who says it"),
];

export const healingEvents: Table = {
  name: "healing_events",
  key: "event_key",
  partition: "timestamp",
  cluster: "healing_type",
  schema: [
    ...envelope,
    required("healing_id", "STRING", "names the repair"),
    required("timestamp", "TIMESTAMP", "when the repair was known to be done or not"),
    required("healing_type", "STRING", "what kind of repair; a healer's name for Kintsugi's own"),
    nullable("trigger_reason", "STRING", "the symptom, for people"),
    nullable("action_taken", "STRING", "what was done, for people"),
    nullable("before_state", "JSON", "read from the world before the act"),
    nullable("after_state", "JSON", "read from the world at the proof"),
    required("success", "BOOLEAN", "outcome is effective"),
    nullable("metadata", "JSON", "whatever else the healer knows"),
    required("target", "STRING", "what was repaired"),
    required("cause", "STRING", "cause code, so that causes aggregate"),
    nullable("cause_parameters", "JSON", "the cause's parameters"),
    required("outcome", "STRING", "effective, ineffective, refused, errored or inconclusive"),
    required("attempt", "INTEGER", "from 1, per target"),
    required("mode", "STRING", "auto, propose, shadow or manual"),
    required("actor", "STRING", "who healed"),
    nullable("correlation_id", "STRING", "joins what belongs to one story"),
    nullable("causation_id", "STRING", "the event that caused this one"),
    required("hop_count", "INTEGER", "how many repairs led to this one"),
    nullable("duration_seconds", "FLOAT", "from act to proof"),
    nullable("verified_at", "TIMESTAMP", "when the proof was read from the world"),
    required("recorded_at", "TIMESTAMP", "when the ledger took it in; its hour is the bucket of reconciliation"),
  ],
};

export const otherEvents: Table = {
  name: "events",
  key: "event_key",
  partition: "time",
  cluster: "type",
  schema: [
    ...envelope,
    required("type", "STRING", "the event's short name"),
    nullable("subject", "STRING", "about what"),
    required("time", "TIMESTAMP", "event time"),
    required("data", "JSON", "the event's data"),
    required("recorded_at", "TIMESTAMP", "when the ledger took it in; its hour is the bucket of reconciliation"),
  ],
};

export const ledgerTables: readonly Table[] = [healingEvents, otherEvents];
