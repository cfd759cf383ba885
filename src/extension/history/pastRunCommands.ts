// What is loaded when somebody looks back at runs.
export { Forks } from './forks.ts';
export { PastRuns } from './pastRuns.ts';
export { StateDocuments } from './stateDocuments.ts';
