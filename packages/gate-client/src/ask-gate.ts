/** For phase processors: may I start on this data? No dependencies; anything but a clear yes is a no. */

const statuses = ["proceed", "proceed_with_warning", "wait", "block"] as const;

export type GateAnswer = {
  readonly canProceed: boolean;
  /** `unreachable` when the gate could not be asked: treat it as a block. */
  readonly status: (typeof statuses)[number] | "unreachable";
  readonly message: string;
  readonly missingItems: readonly string[];
};

export type GateQuestion = {
  /** Base address, such as http://127.0.0.1:8787 */
  readonly url: string;
  readonly token: string;
  readonly gate: string;
  /** Who asks: one of the gate's consumers. */
  readonly consumer: string;
  /** Business day, YYYY-MM-DD. */
  readonly day?: string;
  /** A gate tries a warehouse that is away for 10 s before it answers. */
  readonly timeoutMs?: number;
};

export async function askGate({ url, token, gate, consumer, day, timeoutMs = 30_000 }: GateQuestion): Promise<GateAnswer> {
  try {
    const response = await fetch(`${url.replace(/(?<!\/)\/+$/, "")}/gates/${encodeURIComponent(gate)}/decisions`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ consumer, ...(day === undefined ? {} : { day }) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    if (!response.ok) return unreachable(`the gate answered ${response.status}: ${text.slice(0, 200)}`);
    const body = JSON.parse(text) as Record<string, unknown> | null;
    const status = statuses.find((known) => known === body?.["status"]);
    if (body === null || status === undefined) return unreachable(`the gate's answer cannot be read: ${text.slice(0, 200)}`);
    return {
      canProceed: body["can_proceed"] === true,
      status,
      message: String(body["message"] ?? ""),
      missingItems: Array.isArray(body["missing_items"]) ? body["missing_items"].map(String) : [],
    };
  } catch (error) {
    return unreachable(`the gate could not be asked: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function unreachable(message: string): GateAnswer {
  return { canProceed: false, status: "unreachable", message, missingItems: [] };
}
