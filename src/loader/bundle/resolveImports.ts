import type { OnResolveResult, Plugin } from 'esbuild';
import { isBuiltin } from 'node:module';
import { isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isLangGraph, langGraphFor } from '../../langgraph/entries.ts';
import { tellLackingEntry } from '../../langgraph/lacking.ts';
import type { EngineName, ExternalImport } from './bundle.ts';
import { THEIR_MODULE } from './theirModule.ts';

export interface ResolveImportsOptions {
  /** Which of the two takes the place of the other. */
  readonly engine: EngineName;
  /** The graph file. */
  readonly file: string;
  /** URLs of the copies that ship with us, by specifier. */
  readonly shipped: Readonly<Record<string, string>>;
  /** Filled with the imports that stay outside; called once for each build. */
  readonly imports: () => Record<string, ExternalImport>;
  /** Called with the path of each local import that leads nowhere. */
  readonly onMissing: (path: string) => void;
}

/** Marks our own questions to esbuild, which come back to the plugin that asks them. */
const ASKED = Symbol('asked');

/** What Node cannot load by itself, at least not from node_modules. */
const NEEDS_BUNDLING = /\.(?:[cm]?ts|[jt]sx|json)$/;

/** What cannot be part of a bundle. */
const CANNOT_BUNDLE = /\.(?:node|wasm)$/;

const IN_PACKAGE = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/;

/**
 * Decides for each import whether it becomes part of the bundle: files of the workspace do,
 * packages do not. Packages keep their names and are looked up by Node itself from the file that
 * imports them; those we ship are the workspace's own where it has them. LangGraph.js alone is always
 * ours, for packages, too; or, where that is to run the file, `superstep` is always LangGraph.js.
 */
export function resolveImports({
  engine,
  file,
  shipped,
  imports,
  onMissing,
}: ResolveImportsOptions): Plugin {
  return {
    name: 'resolve-imports',
    setup(build) {
      // Where esbuild is to resolve something it must do so itself, by `undefined`: of a path that
      // a plugin gives it does not know the tsconfig.
      build.onResolve({ filter: /.*/ }, async ({ path, pluginData, ...args }) => {
        if (pluginData === ASKED || args.kind === 'entry-point') return undefined;
        if (isBuiltin(path)) return { path, external: true };
        if (engine === 'superstep' && isLangGraph(path)) {
          return standIn(path, { shipped, imports });
        }
        const theirs = engine === 'langgraph' ? langGraphFor(path) : undefined;
        if (theirs !== undefined && path === 'superstep') {
          return leaveOut(imports(), path, { url: THEIR_MODULE });
        }
        if (theirs !== undefined) {
          const from = pathToFileURL(file).href;
          return leaveOut(imports(), path, { specifier: theirs, from, fallback: theirs });
        }
        const found = await build.resolve(path, { ...args, pluginData: ASKED });

        const isFound = found.errors.length === 0;
        const own = shipped[path];
        if (own !== undefined && !(isFound && isScript(found.path))) {
          // Also if it is found as types only, or as a source file by the `paths` of a tsconfig.
          return leaveOut(imports(), path, { url: own });
        }
        // Not found: esbuild says so itself, but for `require` in a `try` block.
        if (!isFound) {
          if (path.startsWith('.')) onMissing(join(args.resolveDir, path));
          return undefined;
        }
        if (found.external) return undefined;

        const url = pathToFileURL(found.path).href;
        if (CANNOT_BUNDLE.test(found.path)) return leaveOut(imports(), path, { url });
        const isPackage = IN_PACKAGE.test(found.path) || own !== undefined;
        if (!isPackage || NEEDS_BUNDLING.test(found.path)) return undefined;
        const isPath = /^\.{0,2}\//.test(path) || /^\.{1,2}$/.test(path) || isAbsolute(path);
        return leaveOut(
          imports(),
          path,
          isPath
            ? { url }
            : { specifier: path, from: pathToFileURL(args.importer).href, fallback: url },
        );
      });
    },
  };
}

/** Superstep takes the place of LangGraph.js, also where that is installed. */
function standIn(
  path: string,
  { shipped, imports }: Pick<ResolveImportsOptions, 'shipped' | 'imports'>,
): OnResolveResult {
  const url = shipped[path];
  if (url !== undefined) return leaveOut(imports(), path, { url });
  return { errors: [{ text: tellLackingEntry(path) }] };
}

function isScript(path: string): boolean {
  return /\.[cm]?js$/.test(path);
}

/**
 * Notes an import that stays outside, under its own name: users meet it in messages. Only if that
 * name leads elsewhere from another folder, as in a monorepo, one of the two gets a suffix.
 */
function leaveOut(
  imports: Record<string, ExternalImport>,
  path: string,
  target: ExternalImport,
): OnResolveResult {
  let name = path;
  for (let i = 2; !leadsTo(imports[name], target); i++) name = `${path}#${i}`;
  imports[name] ??= target;
  return { path: name, external: true };
}

function leadsTo(known: ExternalImport | undefined, target: ExternalImport): boolean {
  if (!known) return true;
  if ('url' in known || 'url' in target) {
    return 'url' in known && 'url' in target && known.url === target.url;
  }
  return rootOf(known.fallback) === rootOf(target.fallback);
}

/** The folder of the package that a file belongs to. */
function rootOf(url: string): string {
  return IN_PACKAGE.exec(url)?.[1] ?? url;
}
