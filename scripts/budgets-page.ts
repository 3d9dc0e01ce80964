/** The page of the budgets, from what the test of the budgets has counted. Pure. */

import { healTable, listTable, monthTable, openTable, priceTable, runTable } from "../test/support/budget-tables.ts";
import { perMillionLimit, perMonthLimit, readCases, shortest } from "../test/support/budgets.ts";

export function budgetsPage(stored: Parameters<typeof readCases>[0]): string {
  const cases = readCases(stored);
  return `# Budgets

<!-- Derived from docs/reference/budgets.json by scripts/derive.ts; the counts are written by test/budgets.emulator.test.ts. -->

What Kintsugi asks of Google Cloud, and what that costs. Everything is counted at Google's own clients on the emulators, while the functions
do their work as they do it in the cloud: a document that is asked for and not there is a read, and a query is one read at least. The test fails
where a count differs from this page. To write it anew, run
\`KINTSUGI_WRITE_BUDGETS=1 vitest run --project emulators test/budgets.emulator.test.ts\`, then \`node scripts/derive.ts\`.

## A healing event

The budget of each event is at most 4 reads and 4 writes in the pattern-detector, 2 writes in the healing-tracker, and no query, however
many incidents are open. *At once*: so many events of one type are one transaction, as when they arrive while another is at work; all counts
are those of one event. *That follow*: what it takes to record, tell and confirm an incident, or the day's repairs message. A row of the outbox
is deleted as soon as it is published; that is no write, and it is paid for below.

${healTable(cases)}

## A run

The budget of an idle tick is 3 reads and no write; of a canary run 4 of each, and one more for each incident that it changes, for the run
itself and for the pattern-detector when it hears of it.

${runTable(cases)}

## Prices

List prices of us-central1, without free tiers. The price of what is stored, of logs, and of starting an instance is not among them.

${listTable()}

A message is published once and delivered to each function that subscribes to its topic, with a request for each delivery. A message counts for
1,000 bytes at least, a row for 1 KB, and a table that is queried for 10 MiB. Each transaction keeps an instance of 1 vCPU and 512 MiB busy for
100 ms, the shortest time that is billed. The test prints the same at the times that it has measured, with a Slack that answers at once. That a
document expires is paid for with what has made it.

### A million healing events

Events of 1.5 KB, with all that follows. The budget is $${perMillionLimit}. Events at once share an instance's time, and the reads and writes of what
they have in common.

${priceTable(cases, shortest)}

### A month in which nothing happens

30 days of the default schedules, with one table that the canary looks at. The budget is $${perMonthLimit}. Cloud Scheduler's first three jobs
are free, which would be $0.30 less.

${monthTable(cases, shortest)}

### A month with open incidents

Of nothing but what runs every five minutes, without Cloud Scheduler, and while no incident changes.

${openTable(cases, shortest)}
`;
}
