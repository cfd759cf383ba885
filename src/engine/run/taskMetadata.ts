import { idInPart } from '../model/taskKey.ts';
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

/** A task that has metadata beside what the call gave. */
export interface Described {
  /** Name of its node. */
  readonly name: string;
  readonly superstep: number;
  readonly path: TaskPath;
  readonly place: readonly string[];
}

/**
 * What a task finds as `config.metadata`. Hardly any task looks at them, and to make the id in them
 * takes as long as half of all the rest of a task: so they are made when somebody asks.
 */
export function taskMetadata(
  task: Described,
  given: Readonly<Record<string, unknown>> | undefined,
): Readonly<Record<string, unknown>> {
  return new Proxy<Fields>({}, new Completion(task, given));
}

type Fields = Record<string | symbol, unknown>;

const LATE: ReadonlySet<string | symbol> = new Set(Object.keys(placeMetadata('', [], [])));

/** Completes metadata when they are first asked for what they do not have yet. */
class Completion implements ProxyHandler<Fields> {
  readonly #task: Described;
  readonly #given: Readonly<Record<string, unknown>> | undefined;
  #isBegun = false;
  #isComplete = false;

  constructor(task: Described, given: Readonly<Record<string, unknown>> | undefined) {
    this.#task = task;
    this.#given = given;
  }

  get(fields: Fields, key: string | symbol): unknown {
    if (LATE.has(key)) this.#complete(fields);
    else this.#begin(fields);
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
    this.#begin(fields);
    if (this.#isComplete) return fields;
    this.#isComplete = true;
    const { name, path, place } = this.#task;
    return Object.assign(fields, placeMetadata(name, path, place));
  }

  /** All that takes no time to make. */
  #begin(fields: Fields): void {
    if (this.#isBegun) return;
    this.#isBegun = true;
    const { name, superstep, path } = this.#task;
    Object.assign(fields, this.#given, {
      langgraph_node: name,
      langgraph_step: superstep,
      langgraph_path: path,
    });
  }
}
