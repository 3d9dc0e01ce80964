/** Keeps what is told within the size of an event: a larger one is refused by whoever gets it, with all its verdicts. Pure. */

/** An event holds 64 KiB; the rest is room for its envelope, and for what the wire makes of it. */
const MAX_BYTES = 48 * 1024;

/**
 * The data, or the first of ever shorter forms that fits.
 * @param shorter each a further step, from what is missed least; the last one is taken whatever its size
 */
export function fit<T>(data: T, shorter: readonly ((data: T) => T)[], maxBytes = MAX_BYTES): T {
  let fitting = data;
  for (const shortened of shorter) {
    if (bytesOf(fitting) <= maxBytes) break;
    fitting = shortened(fitting);
  }
  return fitting;
}

function bytesOf(data: unknown): number {
  return new TextEncoder().encode(JSON.stringify(data)).length;
}
