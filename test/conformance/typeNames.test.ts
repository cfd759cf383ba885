// The types that LangGraph.js exports, and which of them are not here, and why.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import ts from 'typescript';
import { langGraphUrls } from '../../src/langgraph/entries.ts';
import { LACKING } from '../../src/langgraph/lacking.ts';

/** Types that are not here, by the reason. Those of classes that are listed as lacking are not repeated. */
const WITHOUT: Readonly<Record<string, string>> = {
  'of streamEvents in version v3, which is not here: read stream(), or onEvent':
    'AgentStatus ChatModelStream ConvertToProtocolEventOptions CreateGraphRunStreamOptions ' +
    'GraphInterruptEvent GraphLifecycleEvent GraphLifecycleStatus GraphResumeEvent InferExtensions ' +
    'InterruptPayload LifecycleCause LifecycleData LifecycleEntry LifecycleProjection ' +
    'LifecycleTransformerOptions MatchableEvent MessagesEventData Namespace NativeStreamTransformer ' +
    'ProtocolEvent ProtocolMethod StreamEmitter StreamTransformer SubgraphDiscoveryProjection ' +
    'SubgraphDiscoveryTransformerOptions ToolCallStatus ToolCallStream ToolsEventData ' +
    'UpdatesEventData UsageInfo',
  'of graphs that are built of channels by hand, where StateGraph is meant':
    'All ChannelProtocol LastValue MultipleChannelSubscriptionOptions NamedBarrierValue NodeSpec ' +
    'PregelNode PregelParams SingleChannelSubscriptionOptions StateGraphNodeSpec WaitForNames',
  'of delta channels: here only what changed is stored, with any reducer':
    'DeltaChannelHistory DeltaReducer DeltaValueInit',
  'made of other types by the compiler, and named by no program':
    'InteropZodToStateDefinition ReducedZodChannel StateSchemaFieldToChannel ' +
    'StateSchemaFieldsToStateDefinition StreamOutputMap ToStateDefinition',
  'of what LangGraph advises against, createReactAgent being there':
    'AgentExecutorState FunctionCallingExecutorState ToolExecutorArgs ToolInvocationInterface',
  'of an interrupt with a schema, which is not here: put it into the question': 'InterruptOptions',
  'internal: caches, errors and sends as they are made and stored':
    'BaseLangGraphErrorFields CacheFullKey CacheNamespace ConstructorRecord PendingWriteValue ' +
    'ReadonlyCheckpoint SendProtocol WritesSortKey',
};
const without = Object.values(WITHOUT).flatMap((names) => names.split(' '));

const root = join(import.meta.dirname, '../..');
const options: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  allowImportingTsExtensions: true,
  noEmit: true,
  // Names alone are asked for.
  noLib: true,
  types: [],
};

describe('the types of LangGraph', () => {
  const entries = Object.entries(
    langGraphUrls((name) => join(root, 'src/langgraph', `${name}.ts`)),
  );
  let typesOf: (file: string) => string[];
  const theirs = new Map<string, string>();

  before(() => {
    for (const [specifier] of entries) {
      const { resolvedModule } = ts.resolveModuleName(
        specifier,
        import.meta.filename,
        options,
        ts.sys,
        undefined,
        undefined,
        ts.ModuleKind.ESNext,
      );
      theirs.set(specifier, resolvedModule!.resolvedFileName);
    }
    const files = new Set([...theirs.values(), ...entries.map(([, file]) => file)]);
    const program = ts.createProgram([...files], options);
    const checker = program.getTypeChecker();
    typesOf = (file) => {
      const module = checker.getSymbolAtLocation(program.getSourceFile(file)!)!;
      return checker
        .getExportsOfModule(module)
        .filter((symbol) => {
          const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
          const { flags } = isAlias ? checker.getAliasedSymbol(symbol) : symbol;
          // What cannot be resolved without other packages may be a type too.
          return (flags & ts.SymbolFlags.Type) !== 0 || flags === ts.SymbolFlags.Property;
        })
        .map(({ name }) => name);
    };
  });

  for (const [specifier, ours] of entries) {
    it(`of ${specifier} are in what stands for it, or listed with the reason`, () => {
      const own = new Set(typesOf(ours));
      const left = typesOf(theirs.get(specifier)!).filter((name) => !own.has(name));
      const listed = new Set([...LACKING, ...without]);
      assert.deepEqual(
        left.filter((name) => !listed.has(name)),
        [],
      );
    });
  }

  it('that are listed are there, and not here', () => {
    const all = new Set([...theirs.values()].flatMap((file) => typesOf(file)));
    const own = new Set(typesOf(join(root, 'src/langgraph/index.ts')));
    assert.deepEqual(
      without.filter((name) => !all.has(name) || own.has(name)),
      [],
    );
  });
});
