/** A bad day of a check that judges ages alone: how old the data of that day are says nothing any more. Pure. */

import type { Judged } from "@kintsugi/checks/evaluate";

/** Such a day is mended when the newest day is well: then data come again. Without this it would stay bad until it is given up. */
export function settleAges(judged: readonly Judged[]): readonly Judged[] {
  const isWell = new Set(judged.filter(({ isAgain, result }) => !isAgain && result.verdict === "ok").map(({ check }) => check));
  return judged.map((one) => {
    const isSkipped = one.isAgain && one.result.verdict === "not_applicable";
    const isSettled = isSkipped && isWell.has(one.check) && one.check.metrics.every(({ aggregate }) => aggregate === "age");
    return isSettled ? { ...one, result: { ...one.result, verdict: "ok" } } : one;
  });
}
