import {
  CompletionItem,
  CompletionItemKind,
  Range,
  SnippetString,
  type Position,
  type TextDocument,
} from 'vscode';
import { valueSchema, type GraphValues } from '../../runner/valueSchema.ts';
import { suggestionsAt } from './suggestions.ts';

/** The keys that a graph has, and the values that they may have, at a place of an input or a state. */
export function valueCompletions(
  document: TextDocument,
  position: Position,
  values: GraphValues,
): CompletionItem[] {
  const offset = document.offsetAt(position);
  const found = suggestionsAt(document.getText(), offset, valueSchema(values));
  if (!found) return [];
  const { typed, suggestions } = found;
  const range = new Range(document.positionAt(typed.start), document.positionAt(typed.end));
  return suggestions.map(({ kind, text, snippet, detail, description }, i) => {
    const isKey = kind === 'key';
    const kindOfItem = isKey ? CompletionItemKind.Property : CompletionItemKind.Value;
    const item = new CompletionItem(isKey ? (JSON.parse(text) as string) : text, kindOfItem);
    item.insertText = new SnippetString(snippet);
    item.range = range;
    // What stands there is compared with it, quotes included.
    item.filterText = text;
    item.sortText = String(i).padStart(5, '0');
    if (detail !== undefined) item.detail = detail;
    if (description !== undefined) item.documentation = description;
    return item;
  });
}
