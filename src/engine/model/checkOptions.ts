import { SuperstepError, didYouMean, show } from './errors.ts';
import { isLangGraphSaver } from './langGraphSaver.ts';

/** All options of a kind, in the order in which messages list them; stands beside their type. */
export interface OptionTable<Options> {
  readonly names: Readonly<Record<keyof Options, true>>;
  /** Options of LangGraph for its types, its tracing and its drawing: nothing is lost without them. */
  readonly ignored?: readonly string[];
}

/** What is passed in to be used, and must be able to do this. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  checkpointer: ['get', 'list', 'put', 'putTasks', 'deleteThread'],
  langGraphSaver: ['getTuple', 'list', 'put', 'putWrites'],
  store: ['get', 'put', 'delete', 'search', 'listNamespaces'],
  cache: ['get', 'set', 'clear'],
};

/**
 * Refuses options that mean nothing: a policy with a mistake in its name would be missed without a
 * word. Those that are `undefined` are not there.
 *
 * @param owner What the options are of, such as `node "a"`.
 * @throws {SuperstepError} UNKNOWN_OPTION; INVALID_OPTION for a checkpointer, store or cache that is
 * none.
 */
export function checkOptions(table: OptionTable<never>, options: object, owner: string): void {
  const known = Object.keys(table.names);
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined || table.ignored?.includes(key)) continue;
    if (known.includes(key)) {
      checkPart(key, value, owner);
      continue;
    }
    throw new SuperstepError(
      'UNKNOWN_OPTION',
      `${owner} has no option "${key}"` +
        (didYouMean(key, known) || `; the options are ${known.join(', ')}`),
      { key, value },
    );
  }
}

function checkPart(key: string, value: unknown, owner: string): void {
  const isForeign = key === 'checkpointer' && isLangGraphSaver(value);
  const methods = PARTS[isForeign ? 'langGraphSaver' : key];
  if (methods === undefined || typeof value === 'boolean') return;
  const part = value as Readonly<Record<string, unknown>> | null;
  const missing = methods.find((method) => typeof part?.[method] !== 'function');
  if (missing === undefined) return;
  throw new SuperstepError(
    'INVALID_OPTION',
    `${owner} cannot use ${show(value)} as its ${key}: it has no method ${missing}(); pass one of ` +
      `superstep or of LangGraph.js, or your own with ${methods.join(', ')}`,
    { key, value },
  );
}
