import { join } from 'node:path';
import type tsserver from 'typescript';

/** Folders of types that ship with us, by the package they describe; laid out as in node_modules. */
const SHIPPED: Readonly<Record<string, string>> = {
  superstep: 'superstep/index.d.ts',
  'superstep/openai': 'superstep/openai.d.ts',
  'superstep/sqlite': 'superstep/sqlite.d.ts',
  'superstep/prebuilt': 'superstep/prebuilt.d.ts',
  'superstep/testing': 'superstep/testing.d.ts',
  'superstep/conformance': 'superstep/conformance.d.ts',
  zod: 'zod/index.d.cts',
  'undici-types': 'undici-types/index.d.ts',
};

/** `superstep` asks for it by a reference; a workspace's own takes precedence. */
const NODE = '@types/node/index.d.ts';

type Typescript = typeof tsserver;
type Host = tsserver.LanguageServiceHost;

/**
 * A plugin for the editor's TypeScript server: it answers with the types that ship with us where a
 * workspace has no `superstep` or `zod` installed, as the runner answers with our copies. It never
 * comes before what the workspace has itself.
 * @param server What the server offers to plugins; `typesFolder` is where the types lie.
 */
export default function createPlugin(
  { typescript }: { readonly typescript: Typescript },
  typesFolder = join(import.meta.dirname, 'types'),
): tsserver.server.PluginModule {
  const shipped = (path: string) => join(typesFolder, path).replaceAll('\\', '/');
  return {
    create({ languageService, languageServiceHost }) {
      resolveModules(languageServiceHost, (name) => {
        const path = Object.hasOwn(SHIPPED, name) ? SHIPPED[name] : undefined;
        if (path === undefined) return undefined;
        const { Dcts, Dts } = typescript.Extension;
        const extension = path.endsWith('.d.cts') ? Dcts : Dts;
        return { resolvedFileName: shipped(path), extension, isExternalLibraryImport: true };
      });
      resolveReferences(languageServiceHost, (name) =>
        name === 'node'
          ? { resolvedFileName: shipped(NODE), primary: false, isExternalLibraryImport: true }
          : undefined,
      );
      return languageService;
    },
  };
}

function resolveModules(
  host: Host,
  answer: (name: string) => tsserver.ResolvedModuleFull | undefined,
): void {
  const original = host.resolveModuleNameLiterals?.bind(host);
  if (!original) return;
  host.resolveModuleNameLiterals = (literals, ...args) =>
    original(literals, ...args).map((found, index) => {
      const name = literals[index]?.text;
      if (found.resolvedModule || name === undefined) return found;
      const resolvedModule = answer(name);
      return resolvedModule ? { ...found, resolvedModule } : found;
    });
}

function resolveReferences(
  host: Host,
  answer: (name: string) => tsserver.ResolvedTypeReferenceDirective | undefined,
): void {
  const original = host.resolveTypeReferenceDirectiveReferences?.bind(host);
  if (!original) return;
  host.resolveTypeReferenceDirectiveReferences = (references, ...args) =>
    original(references, ...args).map((found, index) => {
      const reference = references[index];
      if (found.resolvedTypeReferenceDirective?.resolvedFileName || reference === undefined) {
        return found;
      }
      const name = typeof reference === 'string' ? reference : reference.fileName;
      const resolvedTypeReferenceDirective = answer(name);
      return resolvedTypeReferenceDirective ? { ...found, resolvedTypeReferenceDirective } : found;
    });
}
