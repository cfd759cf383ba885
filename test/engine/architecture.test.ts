// Data flows one way through the folders of src; every import line is held against that.
import assert from 'node:assert/strict';
import { readFileSync, globSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { describe, it } from 'node:test';

const root = join(import.meta.dirname, '../..');
const toPosix = (path: string) => path.split(sep).join(posix.sep);

interface Import {
  readonly file: string;
  /** Path from `src` for local files, else the module's name. */
  readonly target: string;
  readonly isLocal: boolean;
  /** Gone at run time. */
  readonly isType: boolean;
}

const files = globSync('src/**/*.{ts,tsx,mts,js}', { cwd: root }).map(toPosix).sort();
const imports = files.flatMap((file) => importsOf(file));

function importsOf(file: string): Import[] {
  // Comments hold examples, which may import anything.
  const text = readFileSync(join(root, file), 'utf8').replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
  const found = [
    ...text.matchAll(/^\s*(?:import|export)\s+(type\s)?[^'";]*?from\s+['"]([^'"]+)['"]/gm),
    ...text.matchAll(/^\s*import\s+()['"]([^'"]+)['"]/gm),
    // Of a type: import('module').Name
    ...text.matchAll(/(?<!await )\bimport(\()\s*['"]([^'"]+)['"]\)\.[A-Z]/gm),
    ...text.matchAll(/\bimport\(()\s*['"]([^'"]+)['"](?!\)\.[A-Z])/gm),
  ];
  return found.map(([, type, specifier]) => {
    const isLocal = specifier!.startsWith('.');
    const path = toPosix(relative(root, join(root, dirname(file), specifier!)));
    return {
      file,
      target: isLocal ? path : specifier!,
      isLocal,
      isType: type !== undefined && type !== '',
    };
  });
}

const folderOf = (path: string) => path.split('/')[1]!;

/** Folder → the folders it may import from, besides itself. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  engine: [],
  protocol: [],
  trace: ['engine', 'protocol'],
  lint: ['engine', 'loader'],
  openai: ['engine'],
  prebuilt: ['engine', 'openai'],
  testing: ['engine', 'trace'],
  remote: ['engine'],
  restate: ['engine', 'remote'],
  bullmq: ['engine', 'remote'],
  langgraph: ['engine', 'prebuilt'],
  loader: ['engine', 'langgraph'],
  chatServer: [],
  offline: ['chatServer'],
  runner: [
    ...['engine', 'langgraph', 'loader', 'protocol', 'trace', 'openai', 'chatServer', 'offline'],
    ...['testing', 'restate'],
  ],
  cli: [
    ...['engine', 'langgraph', 'lint', 'loader', 'runner', 'protocol', 'trace', 'offline'],
    'restate',
  ],
  extension: ['engine', 'langgraph', 'lint', 'loader', 'runner', 'protocol', 'trace'],
  webview: ['protocol', 'trace'],
  typescriptPlugin: [],
};

/** Composition roots: they hand modules down to the parts that use them. */
const ROOTS = 'src/cli/main.ts|src/extension/extension.ts';

/** Module → the places that may import it. */
const ONLY_IN: Record<string, RegExp> = {
  vscode: /^src\/extension\//,
  esbuild: new RegExp(`^src/loader/|^(?:${ROOTS})$`),
  'esbuild-wasm': new RegExp(`^src/loader/|^(?:${ROOTS})$`),
  '@babel/parser': /^src\/loader\//,
  '@restatedev/restate-sdk': /^src\/restate\//,
  bullmq: /^src\/bullmq\//,
  ioredis: /^src\/bullmq\//,
  mermaid: /^src\/webview\//,
};

describe('the folders of src', () => {
  it('are all in the table', () => {
    assert.deepEqual(
      [...new Set(files.map(folderOf))].filter((folder) => !(folder in MAY_IMPORT)),
      [],
    );
    assert.ok(imports.length > 100, 'the imports are found');
  });

  it('import only from where they may', () => {
    const wrong = imports
      .filter(({ isLocal }) => isLocal)
      .filter(({ file, target }) => {
        const [from, to] = [folderOf(file), folderOf(target)];
        return !target.startsWith('src/') || (from !== to && !MAY_IMPORT[from]?.includes(to));
      });
    assert.deepEqual(wrong.map(tell), []);
  });

  it('leave to the folds over events nothing but events and messages, as types, open tasks and ids of nodes', () => {
    const shared = ['src/engine/model/openTasks.ts', 'src/engine/model/nodeId.ts'];
    const wrong = imports.filter(
      ({ file, target, isType, isLocal }) =>
        (file.startsWith('src/trace/') || shared.includes(file)) &&
        !(isLocal && target.startsWith('src/trace/')) &&
        !(isType && target === 'src/engine/model/events.ts') &&
        !(isType && target.startsWith('src/protocol/')) &&
        !shared.includes(target),
    );
    assert.deepEqual(wrong.map(tell), []);
  });

  it('keep outside modules where they belong', () => {
    const wrong = imports.filter(({ file, target }) => {
      const only =
        ONLY_IN[target] ?? (target.startsWith('@mermaid-js/') ? ONLY_IN['mermaid'] : undefined);
      return only !== undefined && !only.test(file);
    });
    assert.deepEqual(wrong.map(tell), []);
  });
});

describe('the engine', () => {
  const ofEngine = imports.filter(
    ({ file, isLocal }) => file.startsWith('src/engine/') && !isLocal,
  );

  it('imports nothing but itself, async_hooks in one file, and SQLite and worker threads where they belong', () => {
    // LangChain's messages only to the compiler, where there are any.
    const isPeerType = ({ file, target, isType }: Import) =>
      isType && target === '@langchain/core/messages' && /model\/messages\.ts$/.test(file);
    const wrong = ofEngine.filter(
      (each) =>
        !(each.target === 'node:sqlite' && /sqlite/i.test(each.file)) &&
        each.target !== 'node:async_hooks' &&
        !(each.target === 'node:worker_threads' && /run\/workers\//.test(each.file)) &&
        !isPeerType(each),
    );
    assert.deepEqual(wrong.map(tell), []);
    assert.deepEqual(
      ofEngine.filter(({ target }) => target === 'node:async_hooks').map(({ file }) => file),
      ['src/engine/run/asyncContext.ts'],
    );
  });

  it('does not load SQLite with its entry', () => {
    const seen = new Set<string>();
    const visit = (file: string) => {
      if (seen.has(file)) return;
      seen.add(file);
      for (const each of imports) {
        if (each.file !== file || each.isType) continue;
        assert.notEqual(each.target, 'node:sqlite', file);
        if (each.isLocal) visit(each.target);
      }
    };
    visit('src/engine/index.ts');
    assert.ok(seen.size > 20);
  });
});

describe('the layers of the engine', () => {
  /** Lowest first: a layer imports itself and those before it, types included. */
  const LAYERS = [
    'model',
    'state',
    'plan',
    'checkpoint',
    'store',
    'run',
    'graph',
    'functional',
  ] as const;
  /** The entries of the package stand above all layers. */
  const layerOf = (path: string): string | undefined => path.split('/').at(2);
  const rankOf = (path: string): number => {
    const layer = layerOf(path)!;
    return layer.endsWith('.ts') ? LAYERS.length : LAYERS.indexOf(layer as never);
  };
  const inside = imports.filter(({ file, isLocal }) => isLocal && file.startsWith('src/engine/'));

  it('are all in the table', () => {
    const engine = files.filter((file) => file.startsWith('src/engine/'));
    assert.deepEqual(
      engine.filter((file) => rankOf(file) < 0),
      [],
    );
    const entries = engine.filter((file) => rankOf(file) === LAYERS.length);
    assert.deepEqual(entries, [
      'src/engine/conformance.ts',
      'src/engine/index.ts',
      'src/engine/sqlite.ts',
      'src/engine/taskThread.ts',
    ]);
  });

  it('import only from layers below', () => {
    assert.ok(inside.length > 400, 'the imports are found');
    const wrong = inside.filter(({ file, target }) => rankOf(target) > rankOf(file));
    assert.deepEqual(wrong.map(tell), []);
  });
});

describe('modules', () => {
  it('do not import each other in a circle, types aside', () => {
    const graph = graphOf(imports.filter(({ isType }) => !isType));
    // A subgraph runs the loop that runs it, which no order of modules can untie.
    const known = ['loop', 'runNode', 'runTasks'].map((name) => `src/engine/run/${name}.ts`);
    const isKnown = (circle: string) => {
      const files = new Set(circle.split(' → '));
      return files.size === known.length && known.every((file) => files.has(file));
    };
    assert.deepEqual(
      circles(graph).filter((circle) => !isKnown(circle)),
      [],
    );
  });
});

describe('files', () => {
  it('reach each other in a circle of three at the most, types included', () => {
    const large = components(graphOf(imports)).filter((component) => component.length > 3);
    assert.deepEqual(large, []);
  });
});

function graphOf(some: readonly Import[]): ReadonlyMap<string, readonly string[]> {
  const graph = new Map(files.map((file) => [file, [] as string[]]));
  for (const { file, target, isLocal } of some) if (isLocal) graph.get(file)?.push(target);
  return graph;
}

function tell({ file, target }: Import): string {
  return `${file} imports ${target}`;
}

/** Each circle once, as its files. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (path.includes(file) || done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}

/**
 * The sets of files of which each reaches each of the others.
 * After R. Tarjan, Depth-first search and linear graph algorithms (1972).
 */
function components(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];
  /** The place of the earliest open file that is reached from here. */
  const visit = (file: string): number => {
    const place = order.size;
    let earliest = place;
    order.set(file, place);
    open.push(file);
    for (const next of graph.get(file) ?? []) {
      if (!order.has(next)) earliest = Math.min(earliest, visit(next));
      else if (open.includes(next)) earliest = Math.min(earliest, order.get(next)!);
    }
    if (earliest === place) found.push(open.splice(open.indexOf(file)));
    return earliest;
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return found;
}
