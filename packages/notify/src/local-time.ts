/** Times as people of the pipeline read them: in its zone, which is named. Pure. */

/** Each region's English knows the abbreviations of its own zones and writes `GMT+1` for others; together they know most. */
const REGIONS = ["en-US", "en-GB", "en-AU", "en-IN"];

/** `24 Nov 07:30 CET` */
export function localTime(time: string, timezone: string): string {
  return `${dayOf(time, timezone)} ${localClock(time, timezone)}`;
}

/** `from 24 Nov 07:30 to 09:10 CET` */
export function localPeriod(from: string, to: string, timezone: string): string {
  const [first, last] = [dayOf(from, timezone), dayOf(to, timezone)];
  // The clocks may have been put back in between.
  const start = zoneOf(from, timezone) === zoneOf(to, timezone) ? clockOf(from, timezone) : localClock(from, timezone);
  return `from ${first} ${start} to ${first === last ? "" : `${last} `}${localClock(to, timezone)}`;
}

/** `07:30 CET` */
function localClock(time: string, timezone: string): string {
  return `${clockOf(time, timezone)} ${zoneOf(time, timezone)}`;
}

function dayOf(time: string, timeZone: string): string {
  return partsOf(time, { timeZone, day: "numeric", month: "short" });
}

export function clockOf(time: string, timeZone: string): string {
  return partsOf(time, { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** Making one takes a hundred times as long as using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(region: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${region} ${JSON.stringify(options)}`;
  const format = formats.get(key) ?? new Intl.DateTimeFormat(region, options);
  formats.set(key, format);
  return format;
}

function partsOf(time: string, options: Intl.DateTimeFormatOptions): string {
  // British English writes September as Sept; the months of the others have three letters.
  return formatOf("en-GB", options).format(new Date(time)).replace("Sept", "Sep");
}

function zoneOf(time: string, timeZone: string): string {
  const names = REGIONS.map((region) => {
    const parts = formatOf(region, { timeZone, timeZoneName: "short" }).formatToParts(new Date(time));
    return parts.find(({ type }) => type === "timeZoneName")?.value ?? timeZone;
  });
  return names.find((name) => !/\d/.test(name)) ?? names[0]!;
}
