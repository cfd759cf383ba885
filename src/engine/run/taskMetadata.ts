import { idInPart } from '../model/taskKey.ts';
import type { Frame } from './frame.ts';
import type { TaskPath } from '../model/stateSnapshot.ts';

/** @param index How many calls of this functional task its caller made before. */
export function callPath(caller: TaskPath, index: number): TaskPath {
  return ['__pregel_push', caller, index, true];
}

/** What started a task, by the name that LangGraph gives to it. */
export function triggersOf(node: string, path: TaskPath): readonly string[] {
  return [path[0] === '__pregel_push' ? '__pregel_push' : `branch:to:${node}`];
}

/** The part of a task's metadata that takes time to make. */
export function placeMetadata(node: string, path: TaskPath, place: readonly string[]) {
  const namespace = place.join('|');
  return {
    langgraph_triggers: triggersOf(node, path),
    langgraph_checkpoint_ns: namespace,
    checkpoint_ns: namespace,
    langgraph_task_id: taskIdAt(place),
  };
}

/** The id of the task that stands at a place. */
export function taskIdAt(place: readonly string[]): string {
  return idInPart(place.at(-1) ?? '');
}

/** What a task finds as its metadata beside what the call gave. */
interface Own {
  readonly langgraph_node: string;
  readonly langgraph_step: number;
  readonly langgraph_path: TaskPath;
}

/**
 * What a task finds as `config.metadata`. Hardly any task asks which id it has, and making one takes
 * as long as half of all the rest of a task: so it is made when somebody asks.
 */
export function taskMetadata(
  frame: Pick<Frame, 'place'>,
  own: Own,
  given: Readonly<Record<string, unknown>> | undefined,
): Readonly<Record<string, unknown>> {
  return new Proxy<Fields>({ ...given, ...own }, new Completion(frame, own));
}

type Fields = Record<string | symbol, unknown>;

const LATE: ReadonlySet<string | symbol> = new Set(Object.keys(placeMetadata('', [], [])));

/** Completes metadata when they are first asked for what they do not have yet. */
class Completion implements ProxyHandler<Fields> {
  #frame: Pick<Frame, 'place'> | undefined;
  readonly #own: Own;

  constructor(frame: Pick<Frame, 'place'>, own: Own) {
    this.#frame = frame;
    this.#own = own;
  }

  get(fields: Fields, key: string | symbol): unknown {
    if (LATE.has(key)) this.#complete(fields);
    return fields[key];
  }

  has(fields: Fields, key: string | symbol): boolean {
    return key in this.#complete(fields);
  }

  ownKeys(fields: Fields): (string | symbol)[] {
    return Reflect.ownKeys(this.#complete(fields));
  }

  getOwnPropertyDescriptor(fields: Fields, key: string | symbol): PropertyDescriptor | undefined {
    return Reflect.getOwnPropertyDescriptor(this.#complete(fields), key);
  }

  #complete(fields: Fields): Fields {
    const frame = this.#frame;
    if (frame === undefined) return fields;
    this.#frame = undefined;
    const { langgraph_node, langgraph_path } = this.#own;
    return Object.assign(fields, placeMetadata(langgraph_node, langgraph_path, frame.place));
  }
}
