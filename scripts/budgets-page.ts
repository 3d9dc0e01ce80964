/** The page of the budgets, from what the test of the budgets has counted. Pure. */

import { healTable, listTable, monthTable, openTable, priceTable, runTable } from "../test/support/budget-tables.ts";
import { perMillionLimit, perMonthLimit, readCases, shortest } from "../test/support/budgets.ts";

export function budgetsPage(stored: Parameters<typeof readCases>[0]): string {
  const cases = readCases(stored);
  return `# Budgets

<!-- Derived from docs/reference/budgets.json by scripts/derive.ts; the counts are written by test/budgets.emulator.test.ts. -->

What Kintsugi asks of Google Cloud, and what that costs. Everything is counted at Google's own clients on the emulators, while the functions do
their work as they do it in the cloud: a document that is asked for and not there is a read, and a query is one read at least. The
test fails where a count differs from this page; \`KINTSUGI_WRITE_BUDGETS=1 vitest run --project emulators test/budgets.emulator.test.ts\`, then
\`pnpm derive\`, write it anew.

## A healing event

The budget of each event is at most 4 reads and 4 writes in the pattern-detector, 2 writes in the healing-tracker, and no query, however many
incidents are open. *At once*: so many events of one type are one transaction, as when they arrive while another is at work; all counts are those
of one event. *That follow*: what an incident, or the day's repairs message, costs to record, to tell and to confirm. A row of the outbox is deleted
as soon as it is published, which is no write and is paid for below.

${healTable(cases)}

## A run

The budget of an idle tick is 3 reads and no write; of a canary run 4 of each, and one more for each incident that it changes, for the run
itself and for the pattern-detector when it hears of it.

${runTable(cases)}

## Prices

List prices of us-central1, without free tiers. The price of what is stored, of logs, and of starting an instance is not among them.

${listTable()}

A message is published once and delivered to each function that subscribes to its topic, with a request for each delivery. Each transaction keeps one
instance of 1 vCPU and 512 MiB busy for 100 ms, the shortest time that is billed; the test prints the same at the times that it has measured.
A document that expires is paid for with what has made it.

### A million healing events

Events of 1.5 KB, all that follows included. The budget is $${perMillionLimit}. Nothing is gained by events at once but time and the writes of what they share.

${priceTable(cases, shortest)}

### A month in which nothing happens

30 days of the default schedules, with one table that the canary looks at. The budget is $${perMonthLimit}. Cloud Scheduler's first three jobs, $0.30 of it, are free.

${monthTable(cases, shortest)}

### A month with open incidents

Of nothing but what runs every five minutes, without Cloud Scheduler, and while no incident changes.

${openTable(cases, shortest)}
`;
}
