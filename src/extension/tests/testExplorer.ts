import {
  TestRunProfileKind,
  tests,
  type CancellationToken,
  type FileCoverage,
  type TestRunRequest,
} from 'vscode';
import type { GraphTester } from '../../runner/tests/testFile.ts';
import { DisposableStore, type Owned } from '../disposableStore.ts';
import type { ModelSource } from '../models/modelSource.ts';
import type { Previews } from '../panel/previews.ts';
import { GraphCoverage } from './graphCoverage.ts';
import { ReachedGraphs } from './reachedGraphs.ts';
import { TestItems } from './testItems.ts';
import { TestRuns, type TestRunMode } from './testRuns.ts';

const PLAINLY: TestRunMode = { record: 'replay', showsCoverage: false, isDebugged: false };

/** Shows the tests of graphs in the editor's Test Explorer, and runs them from there. */
export class TestExplorer implements Owned {
  readonly #owned = new DisposableStore();

  constructor({
    runner,
    models,
    previews,
  }: {
    readonly runner: GraphTester;
    readonly models: ModelSource;
    readonly previews: Pick<Previews, 'showReach'>;
  }) {
    const controller = this.#owned.add(tests.createTestController('superstep', 'Superstep'));
    const items = this.#owned.add(new TestItems(controller));
    const reached = this.#owned.add(
      new ReachedGraphs((target, reach) => previews.showReach(target, reach)),
    );
    const runs = new TestRuns(controller, { runner, models, reached });
    const profile = (name: string, kind: TestRunProfileKind, mode: Partial<TestRunMode> = {}) => {
      const start = async (request: TestRunRequest, token: CancellationToken) => {
        await items.find();
        await runs.run(request, token, { ...PLAINLY, ...mode });
      };
      return controller.createRunProfile(name, kind, start, mode.record === undefined);
    };
    profile('Run', TestRunProfileKind.Run).supportsContinuousRun = true;
    profile('Debug', TestRunProfileKind.Debug, { isDebugged: true });
    const coverage = profile('Run with Coverage of Graphs', TestRunProfileKind.Coverage, {
      showsCoverage: true,
    });
    coverage.loadDetailedCoverage = async (_run, file: FileCoverage) =>
      file instanceof GraphCoverage ? [...file.details] : [];
    const { Run } = TestRunProfileKind;
    for (const [name, record] of [
      ['Record Missing Answers of Models', 'missing'],
      ['Record All Answers of Models', 'record'],
    ] as const) {
      profile(name, Run, { record });
    }
  }

  dispose(): void {
    this.#owned.dispose();
  }
}
