import type { ErrorInfo, RunEvent } from '../../engine/model/events.ts';

/** What a node was given and has done last. */
export interface LastValue {
  readonly input: unknown;
  /** Absent as long as it has written nothing. */
  readonly update?: unknown;
  readonly error?: ErrorInfo;
}

/** Nodes beyond this many are forgotten, the one that started longest ago first. */
const maxNodes = 200;

/** Keeps what each node was given last, and what came of it. */
export class LastValues {
  readonly #nodes = new Map<string, LastValue & { readonly taskId: number }>();

  add(event: RunEvent): void {
    switch (event.type) {
      case 'taskStarted': {
        const { nodeId, id: taskId } = event.task;
        this.#nodes.delete(nodeId);
        this.#nodes.set(nodeId, { input: event.input, taskId });
        if (this.#nodes.size > maxNodes) this.#nodes.delete(this.#nodes.keys().next().value!);
        return;
      }
      case 'taskWrote':
        return this.#change(event.task, { update: event.update });
      case 'taskFailed':
        return event.cancelled ? undefined : this.#change(event.task, { error: event.error });
      default:
    }
  }

  /** By `TaskInfo.nodeId`. */
  get(nodeId: string): LastValue | undefined {
    return this.#nodes.get(nodeId);
  }

  #change(
    { nodeId, id }: { readonly nodeId: string; readonly id: number },
    change: Partial<LastValue>,
  ): void {
    const last = this.#nodes.get(nodeId);
    // Of several at once only the one that began last counts.
    if (last?.taskId === id) this.#nodes.set(nodeId, { ...last, ...change });
  }
}
