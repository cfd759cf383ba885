import {
  registerHooks,
  setSourceMapsSupport,
  type LoadHookSync,
  type ResolveHookSync,
} from 'node:module';
import { isLangGraph } from '../langgraph/entries.ts';
import { tellLackingEntry } from '../langgraph/lacking.ts';
import type { Bundle } from './bundle.ts';
import { lackingName } from './lackingName.ts';
import { LoadError } from './loadError.ts';
import { locateImport } from './locateImport.ts';
import { toProblem } from './locate.ts';
import type { Problem } from './problem.ts';

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
    throw new LoadError([lackingName(error, bundle) ?? whereThrown(error, bundle)], {
      cause: error,
    });
  }
}

function whereThrown(error: unknown, bundle: Bundle): Problem {
  const problem = toProblem(error, bundle);
  return problem.range ? problem : { ...problem, ...locateImport(error, bundle) };
}

const resolve: ResolveHookSync = (specifier, context, nextResolve) => {
  if (bundles.has(specifier)) return { url: specifier, format: 'module', shortCircuit: true };
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
  return bundle
    ? { format: 'module', source: bundle.code, shortCircuit: true }
    : nextLoad(url, context);
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

function shippedUrl(specifier: string): string | undefined {
  for (const { shipped } of bundles.values()) {
    if (Object.hasOwn(shipped, specifier)) return shipped[specifier];
  }
  return undefined;
}
