/** Packages that a file which defines graphs imports; one of the workspace may pass them on. */
const PACKAGES =
  /['"](?:superstep|langchain|deepagents|@langchain\/langgraph(?:-supervisor|-swarm)?)['"/]/;

/** Whether it is worth parsing a text to look for graphs: a cheap answer, which may err towards yes. */
export function mentionsGraphs(text: string): boolean {
  return PACKAGES.test(text);
}
