import type { Send } from './send.ts';

const COMMAND = Symbol.for('superstep.command');

/** LangGraph's own mark, which its tools and prebuilt nodes return. */
const OF_LANGGRAPH = Symbol.for('langgraph.command');

/** What a {@link Command} is made of; every part may be left out. */
export interface CommandFields<
  Update = Record<string, unknown>,
  Nodes extends string = string,
  Graph extends string | undefined = string | undefined,
> {
  /** Written to the state as if the node had returned it. */
  update?: Update;
  /** Where to go next, in addition to the node's own edges. */
  goto?: Nodes | Send<Nodes> | readonly (Nodes | Send<Nodes>)[];
  /** `Command.PARENT`: update and goto act in the parent graph this subgraph. */
  graph?: Graph;
  /** The answer to an interrupt. */
  resume?: unknown;
}

/**
 * Returned from a node: an update of the state and the next nodes in one value.
 *
 * @example
 * ```ts
 * import { Annotation, Command, START, StateGraph } from 'superstep';
 * const State = Annotation.Root({ n: Annotation<number>() });
 * const graph = new StateGraph(State)
 *   .addNode('a', () => new Command({ update: { n: 1 }, goto: 'b' }), { ends: ['b'] })
 *   .addNode('b', (state) => ({ n: state.n + 1 }))
 *   .addEdge(START, 'a')
 *   .compile();
 * console.log(await graph.invoke({})); // { n: 2 }
 * ```
 */
export class Command<
  Update = any,
  Nodes extends string = string,
  Graph extends string | undefined = undefined,
> {
  /** Value of `graph` that names the parent graph. */
  static readonly PARENT = '__parent__';

  readonly update: Update | undefined;
  readonly goto: readonly (Nodes | Send<Nodes>)[];
  readonly graph: Graph | undefined;
  readonly resume: unknown;

  constructor(fields: CommandFields<Update, Nodes, Graph> = {}) {
    this.update = fields.update;
    this.goto =
      fields.goto === undefined
        ? []
        : Array.isArray(fields.goto)
          ? (fields.goto as readonly (Nodes | Send<Nodes>)[])
          : [fields.goto as Nodes | Send<Nodes>];
    this.graph = fields.graph;
    this.resume = fields.resume;
  }

  /** As LangGraph writes it, `lg_name` first. */
  toJSON(): CommandFields<Update, Nodes, Graph> & { lg_name: 'Command' } {
    const { update, goto, graph, resume } = this;
    return {
      lg_name: 'Command',
      ...(update !== undefined && { update }),
      ...(resume !== undefined && { resume }),
      ...(graph !== undefined && { graph }),
      goto,
    };
  }
}
Object.defineProperties(Command.prototype, {
  [COMMAND]: { value: true },
  [OF_LANGGRAPH]: { value: true },
  lg_name: { value: 'Command' },
  // LangChain hands on what a tool returns as it is if it says so, and makes text of all else.
  lc_direct_tool_output: { value: true },
});

/** True for commands of any copy of the library, and for LangGraph's. */
export function isCommand(value: unknown): value is Command<any, string, any> {
  return typeof value === 'object' && value !== null && (COMMAND in value || OF_LANGGRAPH in value);
}

/** A command as one of ours: LangGraph's may have a single `goto` in place of a list. */
export function toCommand(command: Command<any, string, any>): Command<any, string, any> {
  return COMMAND in command ? command : new Command(command as CommandFields<any, string, any>);
}
