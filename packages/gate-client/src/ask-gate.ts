/** For phase processors: may I start on this data? No dependencies; anything but a clear yes is a no. */

export type GateAnswer = {
  readonly canProceed: boolean;
  /** `unreachable` when the gate could not be asked: treat it as a block. */
  readonly status: "proceed" | "proceed_with_warning" | "wait" | "block" | "unreachable";
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
  readonly timeoutMs?: number;
};

export async function askGate({ url, token, gate, consumer, day, timeoutMs = 10_000 }: GateQuestion): Promise<GateAnswer> {
  try {
    const response = await fetch(`${url}/gates/${encodeURIComponent(gate)}/decisions`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ consumer, ...(day === undefined ? {} : { day }) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body = (await response.json()) as Record<string, unknown>;
    if (!response.ok) return unreachable(`the gate answered ${response.status}: ${String(body["error"] ?? "")}`);
    return {
      canProceed: body["can_proceed"] === true,
      status: body["status"] as GateAnswer["status"],
      message: String(body["message"]),
      missingItems: Array.isArray(body["missing_items"]) ? body["missing_items"].map(String) : [],
    };
  } catch (error) {
    return unreachable(`the gate could not be asked: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function unreachable(message: string): GateAnswer {
  return { canProceed: false, status: "unreachable", message, missingItems: [] };
}
