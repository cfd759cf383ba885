import type { GraphDefinition, NodeDefinition } from './definition.ts';
import type { NodeOptions } from './graphOptions.ts';
import { Runnable } from './runnable.ts';

/** A node of a compiled graph, to be called alone: without the edges, the state and the policies of its graph. */
export class NodeHandle extends Runnable {
  readonly name: string;
  readonly retryPolicy: NodeOptions['retryPolicy'];
  readonly cachePolicy: Exclude<NodeOptions['cachePolicy'], boolean>;
  readonly timeout: NodeOptions['timeout'];
  readonly metadata: NodeOptions['metadata'];
  readonly #node: NodeDefinition;

  constructor(node: NodeDefinition) {
    super();
    const { retryPolicy, cachePolicy, timeout, metadata } = node.options;
    this.name = node.name;
    this.retryPolicy = retryPolicy;
    this.cachePolicy =
      typeof cachePolicy === 'boolean' ? (cachePolicy ? {} : undefined) : cachePolicy;
    this.timeout = timeout;
    this.metadata = metadata;
    this.#node = node;
  }

  /**
   * What the node makes of a state.
   * @throws What the node throws.
   */
  async invoke(state: any, config: any = {}): Promise<any> {
    const { action, subgraph } = this.#node;
    if (action !== undefined) return action(state, config);
    return (subgraph as unknown as Runnable).invoke(state, config);
  }

  async stream(state: any, config?: any): Promise<AsyncGenerator<any>> {
    const once = async function* (result: Promise<unknown>) {
      yield await result;
    };
    return once(this.invoke(state, config));
  }
}

/** The nodes of a graph by name. */
export function nodeHandles({ nodes }: GraphDefinition): Record<string, NodeHandle> {
  return Object.fromEntries(Array.from(nodes, ([name, node]) => [name, new NodeHandle(node)]));
}
