/** What was committed: a git history. */

export type Commit = {
  readonly sha: string;
  readonly message: string;
  /** Who wrote it; none where nobody knows. */
  readonly author?: string;
  /** When it came to the branch, epoch ms: by the merge that brought it, whenever it was written or committed. */
  readonly arrivedMs: number;
  /** Files that it touched; in an answer only those under the paths that were asked for, named from the history's folder. */
  readonly paths: readonly string[];
};

export type Undeployed = {
  /** False when the history does not hold the serving commit. */
  readonly servingKnown: boolean;
  /** Commits of the branch that touch the paths and are no ancestors of the serving commit, newest first. */
  readonly commits: readonly Commit[];
  /** Those of the paths that no commit of the branch has ever touched. */
  readonly unknownPaths: readonly string[];
};

export type Question = {
  /** From `tip`. */
  readonly tip: string;
  /** What serves: an id of seven hexadecimal digits or more, or a tag. A name that moves, such as a branch, is not known. */
  readonly serving: string;
  readonly paths: readonly string[];
};

export type History = {
  /** The newest commit of the branch: asked once, so that all that is judged together is judged by the same. */
  tip(): Promise<string>;
  undeployed(question: Question): Promise<Undeployed>;
};
