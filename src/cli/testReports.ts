import type { Problem } from '../loader/problem.ts';
import { showPath } from '../runner/report/formatError.ts';
import { addCoverage, coveredBy, type GraphReach } from '../runner/tests/coverage.ts';
import type { TestResult } from '../runner/tests/testFile.ts';
import { formatProblems } from './formatProblems.ts';
import type { Terminal } from './terminal.ts';

/** A file whose tests were run, or that could not be loaded. */
export interface TestedByCommand {
  /** Absolute path. */
  readonly file: string;
  readonly results: readonly TestResult[];
  /** Why it could not be loaded. */
  readonly problems: readonly Problem[];
}

/** Writes what became of tests. */
export interface TestReporter {
  file(tested: TestedByCommand): void;
  end(all: readonly TestedByCommand[]): void;
}

/** How many tests of a file failed; one that cannot be loaded counts as one. */
export function failedIn({ results, problems }: TestedByCommand): number {
  return results.filter(({ failure }) => failure).length + (problems.length > 0 ? 1 : 0);
}

const pathOf = ({ file }: TestedByCommand) => showPath(file, process.cwd());
const count = (all: readonly TestedByCommand[]) => {
  const failed = all.reduce((sum, each) => sum + failedIn(each), 0);
  const passed = all.reduce(
    (sum, { results }) => sum + results.filter(({ failure }) => !failure).length,
    0,
  );
  return { passed, failed };
};

/** The graphs of all files by the name of the file and the graph. */
function reachOf(all: readonly TestedByCommand[]): ReadonlyMap<string, GraphReach> {
  const graphs = new Map<string, GraphReach>();
  for (const tested of all) {
    for (const { coverage } of tested.results) {
      if (coverage) addCoverage(graphs, `${pathOf(tested)} ${coverage.graph}`, coverage);
    }
  }
  return graphs;
}

/** Ways to write results, by the names that `--reporter` takes. */
export const REPORTERS = { spec, json, junit } as const;

function spec(terminal: Terminal): TestReporter {
  const { paint } = terminal;
  const print = (lines: readonly string[]) => terminal.print(lines);

  return {
    file(tested) {
      const path = pathOf(tested);
      for (const { name, durationMs, failure, problem, output, notes } of tested.results) {
        const sign = failure ? paint('red', '✖') : paint('green', '✔');
        print([`${sign} ${path} › ${name} ${paint('dim', `(${Math.round(durationMs)} ms)`)}`]);
        print(notes.map((text) => `  ${paint('dim', `note: ${text}`)}`));
        if (!failure || !problem) continue;
        print(formatProblems([problem], paint).map((line) => `  ${line}`));
        print(side('red', '-', failure.expected));
        print(side('green', '+', failure.actual));
        print(output.map((line) => `  ${paint('dim', '|')} ${line}`));
      }
      if (tested.problems.length > 0) print(formatProblems(tested.problems, paint));
    },
    end(all) {
      const { passed, failed } = count(all);
      for (const [graph, reach] of reachOf(all)) {
        const { nodes, edges, missed } = coveredBy(reach);
        const never = missed.length > 0 ? `; never: ${missed.join(', ')}` : '';
        terminal.note([paint('dim', `${graph}: ${nodes}, ${edges}${never}`)]);
      }
      terminal.note([`${passed} passed, ${failed} failed`]);
    },
  };

  function side(colour: 'red' | 'green', sign: string, text: string | undefined): string[] {
    return (text?.split('\n') ?? []).map((line) => `  ${paint(colour, `${sign} ${line}`)}`);
  }
}

function json(terminal: Terminal): TestReporter {
  return {
    file() {},
    end(all) {
      const tests = all.flatMap(({ file, results }) =>
        results.map(({ name, durationMs, failure, problem, output, notes }) => ({
          file,
          name,
          status: failure ? 'failed' : 'passed',
          durationMs: Math.round(durationMs * 1000) / 1000,
          ...(failure && problem && { error: plain(problem) }),
          ...(failure?.expected !== undefined && { expected: failure.expected }),
          ...(failure?.actual !== undefined && { actual: failure.actual }),
          ...(output.length > 0 && { output }),
          ...(notes.length > 0 && { notes }),
        })),
      );
      const problems = all.flatMap((each) => each.problems.map(plain));
      const coverage = Object.fromEntries(reachOf(all));
      terminal.print([JSON.stringify({ ...count(all), tests, problems, coverage }, undefined, 2)]);
    },
  };
}

function plain({ file, code, message, range }: Problem) {
  return { file, code, message, ...(range && { line: range.line1, column: range.column1 }) };
}

/** As Jenkins, GitLab and others read it. */
function junit(terminal: Terminal): TestReporter {
  return {
    file() {},
    end(all) {
      const { passed, failed } = count(all);
      const suites = all.flatMap((tested) => [
        `  <testsuite name="${escaped(pathOf(tested))}" tests="${tested.results.length}" failures="${failedIn(tested)}">`,
        ...tested.results.flatMap((result) => testcase(pathOf(tested), result)),
        ...tested.problems.map(
          ({ message }) =>
            `    <testcase name="(load)"><error message="${escaped(message)}"/></testcase>`,
        ),
        '  </testsuite>',
      ]);
      terminal.print([
        '<?xml version="1.0" encoding="UTF-8"?>',
        `<testsuites tests="${passed + failed}" failures="${failed}">`,
        ...suites,
        '</testsuites>',
      ]);
    },
  };
}

function testcase(path: string, { name, durationMs, failure, problem }: TestResult): string[] {
  const head = `    <testcase classname="${escaped(path)}" name="${escaped(name)}" time="${(durationMs / 1000).toFixed(3)}"`;
  if (!failure) return [`${head}/>`];
  const message = problem?.message ?? failure.error.message;
  const place = problem?.range ? `${path}:${problem.range.line1}:${problem.range.column1}\n` : '';
  const sides =
    failure.actual === undefined
      ? ''
      : `\nexpected: ${failure.expected}\nactual: ${failure.actual}`;
  return [
    `${head}>`,
    `      <failure message="${escaped(message)}">${escaped(`${place}${message}${sides}`)}</failure>`,
    '    </testcase>',
  ];
}

const ENTITIES: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  '\n': '&#10;',
};

/** Text for XML, which has no other characters below the space. */
function escaped(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[<>&"\n]/g, (sign) => ENTITIES[sign]!);
}
