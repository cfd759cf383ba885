import { relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SourceRange } from '../loader/staticGraph.ts';
import { RULES } from '../lint/rules.ts';
import type { CheckedFile } from './checkFiles.ts';

const LEVELS = { error: 'error', warning: 'warning', information: 'note' } as const;

/** Reports as a log of SARIF 2.1.0, which code hosts and editors show beside the lines. */
export function toSarif(files: readonly CheckedFile[], version: string): object {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'superstep',
            version,
            rules: RULES.map(({ id, title, severity, cause, cure }) => ({
              id,
              shortDescription: { text: title },
              fullDescription: { text: cause },
              help: { text: cure, markdown: cure },
              defaultConfiguration: { level: LEVELS[severity] },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { ROOT: { uri: `${pathToFileURL(process.cwd()).href}/` } },
        results: files.flatMap(resultsOf),
      },
    ],
  };
}

function resultsOf({ file, reports, problems }: CheckedFile): object[] {
  return [
    ...problems.map(({ message, code, range }) =>
      result({ file, range, message, id: code ?? 'SYNTAX_ERROR', level: 'error' }),
    ),
    ...reports.map(({ rule, severity, message, range }) => ({
      ...result({ file, range, message, id: rule, level: LEVELS[severity] }),
      ruleIndex: RULES.findIndex(({ id }) => id === rule),
    })),
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
  range: SourceRange | undefined;
  message: string;
  id: string;
  level: string;
}): object {
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
