/** Names of LangGraph.js that Superstep does not have, by what to do instead. */
const INSTEAD: Readonly<Record<string, string>> = {
  'Use StateGraph with MessagesAnnotation.': 'Graph MessageGraph',
  'Use createReactAgent, or createAgent of langchain.':
    'ToolExecutor createAgentExecutor createFunctionCallingExecutor',
  'Declare the state with Annotation, StateSchema or zod.':
    'AnyValue BaseChannel DynamicBarrierValue EphemeralValue ' +
    'LastValueAfterFinish NamedBarrierValue NamedBarrierValueAfterFinish Topic UntrackedValueChannel ' +
    'channelsFromCheckpoint createCheckpoint empty deltaChannelsToSnapshot exitDeltaLateTaskId ' +
    'deltaChannelsWithPendingWrites exitDeltaTaskId isDeltaChannel',
  'Use an ordinary reducer: only what changed is stored.':
    'DeltaChannel DeltaValue MessagesDeltaValue messagesDeltaReducer DeltaSnapshot isDeltaSnapshot',
  'Build the graph with StateGraph.': 'Channel Pregel',
  'Read what happens from stream(), or in onEvent.':
    'ChatModelStreamImpl EventLog GraphCallbackHandler GraphRunStream STREAM_EVENTS_V3_MODES ' +
    'SUPPORTED_CHANNELS SubgraphRunStream convertToProtocolEvent createGraphRunStream ' +
    'createLifecycleTransformer createSubgraphDiscoveryTransformer createValuesTransformer ' +
    'filterLifecycleEntries filterSubgraphHandles inferChannel isCheckpointEnvelope ' +
    'isNativeTransformer isPrefixMatch isStreamChannel isSupportedChannel matchesSubscription ' +
    'normalizeNamespaceSegment',
  'Savers and stores of Superstep are the interfaces Checkpointer and Store; see MemorySaver, SqliteSaver and InMemoryStore.':
    'AsyncBatchedStore BaseCache EXCLUDED_METADATA_KEYS compareWritesSortKeys writesSortKey ' +
    'getTextAtPath tokenizePath uuid5 validateNamespace',
  'It is an internal part of LangGraph.js.':
    'getJsonSchemaFromSchema getSchemaDefaultGetter getSubgraphsSeenSet isSerializableSchema ' +
    'isStandardSchema _markInvalidResume isInvalidResume META_EXTRAS_DESCRIPTION_PREFIX ' +
    'getConfigTypeSchema getInputTypeSchema getOutputTypeSchema getStateTypeSchema ' +
    'getUpdateTypeSchema',
  'It runs graphs of a server; import the graph itself.': 'RemoteGraph',
};

const instead = new Map(
  Object.entries(INSTEAD).flatMap(([advice, names]) =>
    names.split(' ').map((name) => [name, advice] as const),
  ),
);

/** The names that are not here. */
export const LACKING: readonly string[] = [...instead.keys()];

/** Says that a whole subpath is not here. */
export function tellLackingEntry(specifier: string): string {
  const advice = specifier.endsWith('/remote')
    ? instead.get('RemoteGraph')!
    : 'Import from its documented entries.';
  return `Superstep stands for LangGraph.js, and has nothing for "${specifier}". ${advice}`;
}

/** Says that a name which was imported is not here, and what to do. */
export function tellLacking(name: string, specifier: string): string {
  const advice = instead.get(name) ?? 'LangGraph.js does not export it in this version, either.';
  return `Superstep runs this file in the place of "${specifier}", and has no "${name}". ${advice}`;
}

/**
 * What `require` gives: the exports, and errors where `import` would not find a name. CommonJS would
 * go on with `undefined`.
 */
export function forRequire<T extends object>(exports: T, specifier: string): T {
  const withErrors: T = { ...exports };
  for (const name of LACKING) {
    if (name in exports) continue;
    Object.defineProperty(withErrors, name, {
      get() {
        const error = new Error(tellLacking(name, specifier));
        throw Object.assign(error, { code: 'NOT_IN_SUPERSTEP' });
      },
    });
  }
  return withErrors;
}
