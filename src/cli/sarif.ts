import { relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Problem } from '../loader/problem.ts';
import type { SourceRange } from '../loader/source/staticGraph.ts';
import { RULES } from '../lint/rules.ts';
import type { CheckedFile } from './checkFiles.ts';

const LEVELS = { error: 'error', warning: 'warning', information: 'note' } as const;

/** Reports as a log of SARIF 2.1.0, which code hosts and editors show beside the lines. */
export function toSarif(files: readonly CheckedFile[], version: string): object {
  // Syntax errors and their like have codes of their own, and no page of a rule.
  const codes = new Set(files.flatMap(({ problems }) => problems.map(codeOf)));
  const rules = [
    ...RULES.map(({ id, title, severity, cause, cure }) => ({
      id,
      shortDescription: { text: title },
      fullDescription: { text: cause },
      help: { text: cure, markdown: cure },
      defaultConfiguration: { level: LEVELS[severity] },
    })),
    ...[...codes].map((id) => ({ id, defaultConfiguration: { level: 'error' } })),
  ];
  const indexes = new Map(rules.map(({ id }, index) => [id, index]));
  const results = files.flatMap(resultsOf);
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'superstep',
            version,
            rules,
          },
        },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { ROOT: { uri: `${pathToFileURL(process.cwd()).href}/` } },
        results: results.map((each) => ({ ...each, ruleIndex: indexes.get(each.ruleId) })),
      },
    ],
  };
}

function codeOf({ code = 'SYNTAX_ERROR' }: Problem): string {
  return code;
}

function resultsOf({ file, reports, problems }: CheckedFile) {
  return [
    ...problems.map((problem) => result({ ...problem, file, id: codeOf(problem), level: 'error' })),
    ...reports.map(({ rule, severity, message, range }) =>
      result({ file, range, message, id: rule, level: LEVELS[severity] }),
    ),
  ];
}

function result({
  file,
  range,
  message,
  id,
  level,
}: {
  file: string;
  range?: SourceRange;
  message: string;
  id: string;
  level: string;
}) {
  const region = range && {
    startLine: range.line1,
    startColumn: range.column1,
    endLine: range.endLine1,
    endColumn: range.endColumn1,
  };
  const physicalLocation = { artifactLocation: placeOf(file), ...(region && { region }) };
  return { ruleId: id, level, message: { text: message }, locations: [{ physicalLocation }] };
}

/** From the current folder, so that the log means the same elsewhere. */
function placeOf(file: string): object {
  const path = relative(process.cwd(), file);
  if (path.startsWith('..') || path === '') return { uri: pathToFileURL(file).href };
  return { uri: path.split(sep).map(encodeURIComponent).join('/'), uriBaseId: 'ROOT' };
}
