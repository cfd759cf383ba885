import { Diagnostic, DiagnosticSeverity, Range, type TextDocument } from 'vscode';
import { isRecord } from '../../protocol/formFields.ts';
import { checkInput, checkUpdate } from '../../runner/checkInput.ts';
import { schemaProblems, toPathText } from '../../runner/schemaProblems.ts';
import type { GraphValues } from '../../runner/valueSchema.ts';
import { jsonPlaces, type Span, type Step } from './jsonPlaces.ts';

/**
 * What of a document does not fit the graph: keys that are missing, unknown or of another type, and what
 * is inside of them, as far as there is a schema of it.
 * @param what The document holds.
 */
export function valueProblems(
  document: TextDocument,
  values: GraphValues,
  what: 'input' | 'state',
): Diagnostic[] {
  const text = document.getText();
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch {
    // The editor's own JSON support tells of that.
    return [];
  }
  const graph = { kind: values.kind, inputFields: values.fields };
  const found = what === 'input' ? checkInput(graph, value) : checkUpdate(graph, value);
  const told = new Set(found.map(({ key }) => key));
  const inside = (isRecord(value) ? schemaProblems(values, value) : []).filter(
    // A key of the wrong type is told of once.
    ({ path }) => ![...told].some((key) => path === toPathText([key])),
  );
  if (found.length + inside.length === 0) return [];
  const places = new Map<string, Span>();
  for (const [path, span] of jsonPlaces(text)) {
    places.set(toPathText(JSON.parse(path) as Step[]), span);
  }
  const mark = (path: string, problem: string, isGuess = false) => {
    const { start, end } = places.get(path) ?? firstCharacter(text);
    const range = new Range(document.positionAt(start), document.positionAt(end));
    const severity = isGuess ? DiagnosticSeverity.Information : DiagnosticSeverity.Warning;
    const message = problem.charAt(0).toUpperCase() + problem.slice(1);
    const diagnostic = new Diagnostic(range, message, severity);
    diagnostic.source = 'superstep';
    return diagnostic;
  };
  return [
    ...found.map(({ key, problem, isGuess }) => mark(toPathText([key]), problem, isGuess)),
    ...inside.map(({ path, problem }) => mark(path, problem)),
  ];
}

/** Where the value begins: of a key that is missing there is no other place. */
function firstCharacter(text: string): Span {
  const start = Math.max(0, text.search(/\S/));
  return { start, end: start + 1 };
}
