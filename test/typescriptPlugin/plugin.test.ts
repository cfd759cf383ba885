import assert from 'node:assert/strict';
import { test } from 'node:test';
import ts from 'typescript';
import createPlugin from '../../src/typescriptPlugin/plugin.ts';

/** A host that knows one package and one set of types, with the plugin before it. */
function hostWithPlugin(known: { readonly module?: string; readonly types?: string }) {
  const host = {
    resolveModuleNameLiterals: (names: readonly { text: string }[]) =>
      names.map(({ text }) => ({
        resolvedModule: text === known.module ? { resolvedFileName: `/own/${text}` } : undefined,
      })),
    resolveTypeReferenceDirectiveReferences: (names: readonly string[]) =>
      names.map((name) => ({
        resolvedTypeReferenceDirective:
          name === known.types ? { resolvedFileName: `/own/${name}` } : undefined,
      })),
  };
  const service = {};
  const info = { languageServiceHost: host, languageService: service };
  const plugin = createPlugin({ typescript: ts }, '/shipped');
  assert.equal(plugin.create(info as unknown as ts.server.PluginCreateInfo), service);
  return {
    modules: (...names: string[]) =>
      host
        .resolveModuleNameLiterals(names.map((text) => ({ text })))
        .map(({ resolvedModule }) => resolvedModule?.resolvedFileName),
    references: (...names: string[]) =>
      host
        .resolveTypeReferenceDirectiveReferences(names)
        .map((found) => found.resolvedTypeReferenceDirective?.resolvedFileName),
  };
}

test('the plugin finds what ships with us, and nothing else', () => {
  const { modules, references } = hostWithPlugin({});
  assert.deepEqual(modules('superstep', 'superstep/openai', 'zod', 'zod/v3', 'toString', './zod'), [
    '/shipped/superstep/index.d.ts',
    '/shipped/superstep/openai.d.ts',
    '/shipped/zod/index.d.cts',
    undefined,
    undefined,
    undefined,
  ]);
  assert.deepEqual(references('node', 'jest'), ['/shipped/@types/node/index.d.ts', undefined]);
});

test('the plugin never comes before what the workspace has itself', () => {
  const { modules, references } = hostWithPlugin({ module: 'zod', types: 'node' });
  assert.deepEqual(modules('zod', 'superstep'), ['/own/zod', '/shipped/superstep/index.d.ts']);
  assert.deepEqual(references('node'), ['/own/node']);
});
