/** Waits for an answer, but not for ever. What comes later is not waited for, and its failure is not lost. */

export const LATE = Symbol("late");

/** @param onLateFailure told when what was not waited for fails in the end */
export type Within = <T>(work: Promise<T>, ms: number, onLateFailure: (error: unknown) => void) => Promise<T | typeof LATE>;

/** On the clock of the wall. */
export const withinTime: Within = async (work, ms, onLateFailure) => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof LATE>((resolve) => void (timer = setTimeout(() => resolve(LATE), ms)));
  try {
    const first = await Promise.race([work, late]);
    if (first === LATE) work.catch(onLateFailure);
    return first;
  } finally {
    clearTimeout(timer);
  }
};

/** Where nothing outside the process is asked, an answer comes or the process is gone. */
export const withoutEnd: Within = (work) => work;
