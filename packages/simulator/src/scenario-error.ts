/** The scenario asks for what cannot be: exit code 2, with the step's place. */

export class ScenarioError extends Error {
  override readonly name = "ScenarioError";
}
