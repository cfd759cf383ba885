import type { OnResolveArgs, Plugin } from 'esbuild';
import { dirname } from 'node:path';

const ZOD = '@langchain/langgraph/zod';
const NAMESPACE = 'zod-methods';
const ASKED = Symbol('asked');

/** Whether an input of a build is what {@link zodMethods} has put into it: no file. */
export function isZodMethods(input: string): boolean {
  return input.startsWith(`${NAMESPACE}:`);
}

/**
 * Where a file imports LangGraph's part for zod, the zod 3 that it has gets LangGraph's methods, whichever
 * copy that is: the file alone can say. Stands before the plugin that decides on imports.
 */
export function zodMethods(): Plugin {
  return {
    name: 'zod-methods',
    setup(build) {
      build.onResolve({ filter: /^@langchain\/langgraph\/zod$/ }, async (args) => {
        if (args.namespace === NAMESPACE || args.pluginData === ASKED) return undefined;
        const zod = await zodOf(args);
        return zod === undefined
          ? undefined
          : { path: args.importer, namespace: NAMESPACE, pluginData: zod };
      });
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path, pluginData }) => ({
        contents: `import * as zod from ${JSON.stringify(pluginData)};
          import { addZodMethods } from '${ZOD}';
          addZodMethods(zod);
          export * from '${ZOD}';`,
        resolveDir: dirname(path),
      }));

      /** How the file reaches a zod 3; nothing where it has none. */
      async function zodOf({
        kind,
        importer,
        resolveDir,
      }: OnResolveArgs): Promise<string | undefined> {
        const options = { kind, importer, resolveDir, pluginData: ASKED };
        for (const name of ['zod/v3', 'zod']) {
          const { errors } = await build.resolve(name, options);
          if (errors.length === 0) return name;
        }
        return undefined;
      }
    },
  };
}
