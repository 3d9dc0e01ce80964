/** Events in batches that a request to the host can hold. Pure. */

/** The host's bodies hold 10 MB, and base64 takes a third more than the event. */
const MAX_BYTES = 5_000_000;
const MAX_EVENTS = 500;

export function batchesOf(events: readonly string[]): readonly (readonly string[])[] {
  const batches: string[][] = [];
  let bytes = 0;
  for (const event of events) {
    const size = Buffer.byteLength(event);
    const last = batches.at(-1);
    if (last === undefined || last.length >= MAX_EVENTS || bytes + size > MAX_BYTES) {
      batches.push([event]);
      bytes = size;
    } else {
      last.push(event);
      bytes += size;
    }
  }
  return batches;
}
