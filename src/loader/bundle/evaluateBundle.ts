import {
  registerHooks,
  setSourceMapsSupport,
  type LoadHookSync,
  type ResolveHookSync,
} from 'node:module';
import { pathToFileURL } from 'node:url';
import { isLangGraph, langGraphFor } from '../../langgraph/entries.ts';
import { tellLackingEntry } from '../../langgraph/lacking.ts';
import type { Bundle } from './bundle.ts';
import { lackingName, lackingThere } from './lackingName.ts';
import { LoadError } from '../loadError.ts';
import { locateImport } from './locateImport.ts';
import { toProblem } from '../locate.ts';
import type { Problem } from '../problem.ts';
import { resolveInTheirModule, THEIR_MODULE, theirModule } from './theirModule.ts';
import { tellLackingNames } from './wholeImports.ts';

/** Frames of a stack, so that one in the user's code is among them below those of a library. */
const STACK_FRAMES = 50;

/** The bundles of this thread, by URL. */
const bundles = new Map<string, Bundle>();
let isHooked = false;

/**
 * Runs a bundle in this thread and gives the module's exports. Meant for a thread of its own: from
 * then on the thread resolves the bundle's imports, also those that are made later, and maps
 * stacks back to the sources.
 * @throws {LoadError} if the file's top level throws, with one problem at the place in the source
 * and the error itself as cause.
 */
export async function evaluateBundle(bundle: Bundle): Promise<Record<string, unknown>> {
  bundles.set(bundle.url, bundle);
  if (!isHooked) {
    isHooked = true;
    registerHooks({ resolve, load });
    setSourceMapsSupport(true);
    Error.stackTraceLimit = Math.max(Error.stackTraceLimit, STACK_FRAMES);
  }
  try {
    return (await import(bundle.url)) as Record<string, unknown>;
  } catch (error) {
    const lacking = bundle.engine === 'langgraph' ? lackingThere : lackingName;
    throw new LoadError([lacking(error, bundle) ?? whereThrown(error, bundle)], { cause: error });
  }
}

/** The LangGraph.js that runs the bundles of this thread: the copy that their files import. */
export async function importLangGraph(): Promise<Record<string, unknown>> {
  return (await import(THEIR_MODULE)) as Record<string, unknown>;
}

function whereThrown(error: unknown, bundle: Bundle): Problem {
  const problem = toProblem(error, bundle);
  return problem.range ? problem : { ...problem, ...locateImport(error, bundle) };
}

const resolve: ResolveHookSync = (specifier, context, nextResolve) => {
  if (bundles.has(specifier)) return { url: specifier, format: 'module', shortCircuit: true };
  const theirs = bundleOfTheirs();
  if (theirs && specifier === THEIR_MODULE) {
    return { url: specifier, format: 'module', shortCircuit: true };
  }
  if (theirs && context.parentURL === THEIR_MODULE) {
    return resolveInTheirModule(theirs, specifier, context, nextResolve);
  }
  const { imports } = bundleAt(context.parentURL) ?? {};
  const target = imports && Object.hasOwn(imports, specifier) ? imports[specifier] : undefined;
  if (target && 'url' in target) return { url: target.url, shortCircuit: true };
  if (target) {
    try {
      return nextResolve(target.specifier, { ...context, parentURL: target.from });
    } catch {
      return { url: target.fallback, shortCircuit: true };
    }
  }
  if (theirs) {
    if (specifier === 'superstep') {
      return { url: THEIR_MODULE, format: 'module', shortCircuit: true };
    }
    const instead = langGraphFor(specifier);
    const parentURL = pathToFileURL(theirs.file).href;
    if (instead !== undefined) return nextResolve(instead, { ...context, parentURL });
    if (isLangGraph(specifier)) return nextResolve(specifier, context);
  }
  const program = asksForLangChain(specifier, context.parentURL);
  if (program !== undefined) return nextResolve(specifier, { ...context, parentURL: program });
  const shipped = shippedUrl(specifier);
  if (isLangGraph(specifier)) {
    // Nothing in a run gets another engine than ours.
    if (shipped !== undefined) return { url: shipped, shortCircuit: true };
    throw Object.assign(new Error(tellLackingEntry(specifier)), { code: 'NOT_IN_SUPERSTEP' });
  }
  if (shipped === undefined) return nextResolve(specifier, context);
  // A package imports what we ship: its own copy comes first.
  try {
    return nextResolve(specifier, context);
  } catch {
    return { url: shipped, shortCircuit: true };
  }
};

const load: LoadHookSync = (url, context, nextLoad) => {
  const bundle = bundles.get(url);
  if (bundle) return { format: 'module', source: bundle.code, shortCircuit: true };
  const theirs = bundleOfTheirs();
  if (theirs && url === THEIR_MODULE) {
    return { format: 'module', source: theirModule(theirs), shortCircuit: true };
  }
  const loaded = nextLoad(url, context);
  const { format, source } = loaded;
  if (format !== 'module' || !source || theirs) return loaded;
  const code = typeof source === 'string' ? source : new TextDecoder().decode(source);
  const told = tellLackingNames(code);
  return told === code ? loaded : { ...loaded, source: told };
};

/** The bundle that imports something; `require` tells its URL without the query. */
function bundleAt(parentUrl: string | undefined): Bundle | undefined {
  if (parentUrl === undefined) return undefined;
  const known = bundles.get(parentUrl);
  if (known) return known;
  for (const [url, bundle] of bundles) {
    if (url.startsWith(`${parentUrl}?`)) return bundle;
  }
  return undefined;
}

/** What LangGraph.js runs in this thread, which belongs to one engine. */
function bundleOfTheirs(): Bundle | undefined {
  for (const bundle of bundles.values()) return bundle.engine === 'langgraph' ? bundle : undefined;
  return undefined;
}

/** Where our engine is to find LangChain: it means the copy of the file that it runs. */
function asksForLangChain(specifier: string, parentUrl: string | undefined): string | undefined {
  if (!specifier.startsWith('@langchain/core/') || parentUrl === undefined) return undefined;
  for (const { file, shipped } of bundles.values()) {
    const engine = shipped['superstep'];
    if (engine !== undefined && parentUrl.startsWith(new URL('.', engine).href)) {
      return pathToFileURL(file).href;
    }
  }
  return undefined;
}

function shippedUrl(specifier: string): string | undefined {
  for (const { shipped } of bundles.values()) {
    if (Object.hasOwn(shipped, specifier)) return shipped[specifier];
  }
  return undefined;
}
