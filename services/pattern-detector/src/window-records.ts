/** The events of a window as one sorted text: each a record of fixed width, so that it is searched and cut without being taken apart. */

/** Twice the time (epoch ms) in base 36, plus one for an act that did not work. Nine digits last until the year 3579. */
const WIDTH = 9;

export function recordOf(timeMs: number, isBad: boolean): string {
  return (2 * Math.max(0, Math.floor(timeMs)) + (isBad ? 1 : 0)).toString(36).padStart(WIDTH, "0");
}

export function countOf(records: string): number {
  return records.length / WIDTH;
}

/** NaN where there is no such record. */
export function timeAt(records: string, index: number): number {
  return Math.floor(Number.parseInt(records.slice(index * WIDTH, (index + 1) * WIDTH), 36) / 2);
}

export function lastOf(records: string): number {
  return timeAt(records, countOf(records) - 1);
}

export function badOf(records: string): number {
  let bad = 0;
  for (let end = WIDTH - 1; end < records.length; end += WIDTH) bad += Number.parseInt(records[end]!, 36) % 2;
  return bad;
}

export function sliceOf(records: string, from: number, to?: number): string {
  return records.slice(from * WIDTH, to === undefined ? undefined : to * WIDTH);
}

/** How many records are not later than this. */
export function notLater(records: string, timeMs: number): number {
  let low = 0;
  let high = countOf(records);
  if (high === 0 || lastOf(records) <= timeMs) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timeAt(records, middle) <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function withRecord(records: string, index: number, record: string): string {
  return index === countOf(records) ? records + record : sliceOf(records, 0, index) + record + sliceOf(records, index);
}
