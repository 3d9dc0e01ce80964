/** What the composition root gives the verbs: the process's surroundings, so that verbs read none by themselves. */

export type CommandContext = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  readonly now: () => number;
  /** Milliseconds, for durations only. */
  readonly elapsed: () => number;
  readonly pid: number;
  /** Whose word it is where nobody else is named. */
  readonly user: string;
  readonly version: string;
  readonly newToken: () => string;
  /** The answer. */
  readonly out: (line: string) => void;
  /** Progress and remarks. */
  readonly remark: (line: string) => void;
  readonly isTerminal: boolean;
  readonly readInput: () => Promise<string>;
  /** Resolves at the first Ctrl-C or termination. Who never asks is ended by it at once. */
  readonly stopped: () => Promise<void>;
};

export type ExitCode = 0 | 1 | 2 | 3 | 130;

/** What was given is wrong or something needed is missing: one line with the remedy, exit code 2. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}
