import type { RunOutline } from './runOutline.ts';

/** A difference to LangGraph.js that is meant, with its section of `docs/what-differs.md`. */
export interface KnownReason {
  /** The heading of its section. */
  readonly title: string;
  /** Codes of errors, warnings and problems of ours by which it shows. */
  readonly codes?: readonly string[];
  /** How it shows otherwise in a pair of runs; some do not, since no option of `parity` leads there. */
  readonly shows?: (ours: RunOutline, theirs: RunOutline) => boolean;
}

const PAGE = 'https://github.com/superstep-dev/superstep/blob/main/docs/what-differs.md';

const says = (wanted: RegExp, { error, problems }: RunOutline): boolean =>
  wanted.test(error?.message ?? '') || problems.some(({ message }) => wanted.test(message));

/** In the order of the page, which a test holds to this list. */
export const KNOWN_REASONS: readonly KnownReason[] = [
  { title: 'Changes in place that are not returned', codes: ['CHANGE_LOST', 'CHANGED_IN_PLACE'] },
  {
    title: 'Routers that change the state',
    codes: ['STATE_READ_ONLY'],
    shows: (ours) => says(/not extensible|read[- ]only/, ours),
  },
  { title: 'Graphs that nothing leads into', codes: ['NO_ENTRY', 'UNREACHABLE_NODE'] },
  { title: 'Targets that are no node', codes: ['UNKNOWN_DESTINATION'] },
  { title: 'One answer for several questions', codes: ['AMBIGUOUS_RESUME'] },
  { title: 'Answers to nothing', codes: ['NOTHING_TO_RESUME'] },
  { title: 'Questions that are caught', codes: ['INTERRUPT_CAUGHT'] },
  {
    title: 'Errors of tasks that are caught',
    shows: (ours, theirs) =>
      ours.status !== 'failed' && theirs.status === 'failed' && hasCalls(theirs),
  },
  {
    title: 'Exactly as many supersteps as allowed',
    shows: (ours, theirs) => ours.status === 'done' && says(/^Recursion limit of/, theirs),
  },
  {
    title: 'One task at a time',
    shows: (ours, theirs) => ours.status === 'done' && isCutShort(theirs, ours),
  },
  { title: 'Options that do not exist', codes: ['UNKNOWN_OPTION'] },
  { title: 'Commands for a parent that is not there', codes: ['PARENT_AT_ROOT'] },
  {
    title: 'Nodes named like a key',
    shows: (_ours, theirs) => says(/already being used as a state attribute/, theirs),
  },
  {
    title: 'Several routers on one node',
    shows: (_ours, theirs) => says(/^Condition .* already present for node/, theirs),
  },
  { title: 'What is sent is checked', codes: ['VALIDATION_FAILED'] },
  {
    title: 'Overwrites of keys without a reducer',
    shows: (_ours, { state }) => Object.values(state ?? {}).some(isOverwrite),
  },
  { title: 'Things thrown that are no errors', codes: ['NON_ERROR_THROWN'] },
];

/** Where a reason is told at length. */
export function pageOf({ title }: KnownReason): string {
  return `${PAGE}#${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
}

/** The reasons that show in two runs which differ. */
export function reasonsFor(ours: RunOutline, theirs: RunOutline): readonly KnownReason[] {
  return KNOWN_REASONS.filter(({ codes = [], shows }) => {
    return codes.some((code) => ours.codes.has(code)) || (shows?.(ours, theirs) ?? false);
  });
}

function hasCalls({ steps }: RunOutline): boolean {
  return steps.some(({ tasks }) => tasks.some(({ isCall }) => isCall));
}

/** One ended with some tasks of a superstep of which the other has run all. */
function isCutShort(one: RunOutline, { steps }: RunOutline): boolean {
  const last = one.steps.findLast(({ graph }) => graph === '');
  const whole = steps.find(
    (step) => last !== undefined && step.graph === '' && step.superstep === last.superstep,
  );
  return one.status === 'done' && last !== undefined && whole !== undefined && last.isOpen;
}

function isOverwrite(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '__overwrite__' in value;
}
