// What knows of the values of graphs: loaded together, when an input or a state is edited.
export { valueCompletions } from './valueCompletions.ts';
export { valueProblems } from './valueProblems.ts';
