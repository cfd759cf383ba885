import type { Disposable } from 'vscode';
import type { GraphReach } from '../../protocol/graphReach.ts';
import type { Coverage } from '../../protocol/graphTests.ts';
import { addCoverage, type GraphReach as Sum } from '../../runner/tests/coverage.ts';
import { DisposableStore } from '../disposableStore.ts';
import { trackFileChanges } from '../graphs/fileChanges.ts';
import { targetKey, type GraphTarget } from '../graphs/graphFile.ts';

/** A test, by its file (absolute path) and its name. */
export interface NamedTest {
  readonly file: string;
  readonly name: string;
}

interface Reached {
  readonly target: GraphTarget;
  readonly test: NamedTest;
  readonly coverage: Coverage;
  isStale: boolean;
}

/** What each test has reached when it ran last, for the diagrams of graphs. */
export class ReachedGraphs implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #show: (target: GraphTarget, reach: GraphReach | undefined) => void;
  /** By test; in the order in which they have run first. */
  readonly #reached = new Map<string, Reached>();
  /** The files that each file with tests is made of, by its path. */
  readonly #inputs = new Map<string, readonly string[]>();

  /** @param show Shows what is known of a graph now; `undefined`: nothing. */
  constructor(show: (target: GraphTarget, reach: GraphReach | undefined) => void) {
    this.#show = show;
    this.#owned.add(trackFileChanges((path) => this.#changed(path)));
  }

  /** A test has run. */
  add(test: NamedTest, target: GraphTarget, coverage: Coverage): void {
    this.#reached.set(keyOf(test), { test, target, coverage, isStale: false });
  }

  /**
   * The tests of a file have run.
   * @param inputs Absolute paths: what it is made of.
   * @param all Names of all tests that it has, if all have run.
   */
  ended(file: string, inputs: readonly string[], all?: ReadonlySet<string>): void {
    this.#inputs.set(file, inputs);
    const own = [...this.#reached].filter(([, { test }]) => test.file === file);
    for (const [key, { test }] of own) if (all?.has(test.name) === false) this.#reached.delete(key);
    this.#tell(own.map(([, { target }]) => target));
  }

  #changed(path: string): void {
    const changed = [...this.#reached.values()].filter(
      ({ test, isStale }) => !isStale && this.#inputs.get(test.file)?.includes(path),
    );
    for (const each of changed) each.isStale = true;
    this.#tell(changed.map(({ target }) => target));
  }

  #tell(targets: readonly GraphTarget[]): void {
    const byKey = new Map(targets.map((target) => [targetKey(target), target]));
    for (const [key, target] of byKey) {
      const own = [...this.#reached.values()].filter((each) => targetKey(each.target) === key);
      const sum = new Map<string, Sum>();
      for (const { coverage } of own) addCoverage(sum, key, coverage);
      const reach = sum.get(key);
      const stale = own.filter(({ isStale }) => isStale).length;
      this.#show(target, reach && { ...reach, tests: own.length, stale });
    }
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

function keyOf({ file, name }: NamedTest): string {
  return JSON.stringify([file, name]);
}
