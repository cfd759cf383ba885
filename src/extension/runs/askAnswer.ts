import { window } from 'vscode';
import {
  answerForm,
  readInput,
  readJson,
  toAnswer,
  type Chosen,
  type FormInput,
  type FormPart,
} from '../../protocol/answerForm.ts';
import { readField, type Read } from '../../protocol/formFields.ts';
import type { OpenQuestion } from '../../protocol/waiting.ts';
import { describeWaiting } from '../../runner/report/formatWaiting.ts';
import { label } from '../../runner/report/label.ts';
import type { RunViewModel } from './runViewModel.ts';

/** Asks for the answer to a question at the top of the window. @returns `undefined` if the user gave up. */
export async function askAnswer(
  run: RunViewModel,
  question: OpenQuestion,
): Promise<{ readonly value: unknown } | undefined> {
  const { parts } = answerForm(question.value);
  const asker = label(question.path) || run.title;
  const text = textOf(question);
  const choices: Chosen[] = [];
  for (const [index, part] of parts.entries()) {
    const count = parts.length > 1 ? ` (${index + 1} of ${parts.length})` : '';
    const name = part.title === undefined ? '' : `: ${part.title}`;
    const title = `${asker}${count}${name}`.slice(0, 200);
    const choice = await askPart(part, { title, prompt: text });
    if (choice === undefined) return undefined;
    if (choice === 'json') return askJson({ title: asker.slice(0, 200), prompt: text });
    choices.push(choice);
  }
  return { value: toAnswer(question.value, { choices }) };
}

/** A question as people ask it: a text without quotes, anything else as data. */
function textOf(question: OpenQuestion): string {
  const { value } = question;
  if (typeof value === 'string') return value.slice(0, 400);
  return describeWaiting({ questions: [{ ...question, path: [] }], breakpoints: [] })[0] ?? '';
}

interface Texts {
  readonly title: string;
  readonly prompt: string;
}

async function askPart(part: FormPart, texts: Texts): Promise<Chosen | 'json' | undefined> {
  const [only, ...more] = part.options;
  if (more.length === 0 && only!.input) return askInput(only!.input, texts, 0);
  const plain = (label: string) => label.replaceAll('$(', '$\u200b(');
  const items = part.options.map((option, at) => {
    return { label: plain(option.label), input: option.input, at };
  });
  const json = { label: '$(json) Answer as JSON…', input: undefined, at: -1 };
  const chosen = await window.showQuickPick([...items, json], {
    ...{ title: texts.title, placeHolder: texts.prompt, ignoreFocusOut: true },
  });
  if (!chosen) return undefined;
  if (chosen.at < 0) return 'json';
  return chosen.input ? askInput(chosen.input, texts, chosen.at) : { option: chosen.at };
}

async function askInput(
  input: FormInput,
  texts: Texts,
  option: number,
): Promise<Chosen | undefined> {
  if (input.kind !== 'fields') {
    const value = input.kind === 'json' ? oneLineJson(input.text) : '';
    const read = await askText({ ...texts, value }, (text) => readInput(input, text), input.label);
    return read && { option, input: read.value };
  }
  const entries: [string, unknown][] = [];
  for (const field of input.fields) {
    const hint = [field.label, field.description, field.isRequired ? '' : 'may be left empty'];
    const prompt = hint.filter((part) => part).join(', ');
    const list = field.type === 'boolean' ? [true, false] : field.choices;
    const isLeftOut = (text: string) => text === '' && !field.isRequired;
    if (list) {
      const none = { label: '(none)', text: '' };
      const items = list.map((choice, at) => {
        const shown = typeof choice === 'string' ? choice : JSON.stringify(choice);
        return { label: shown, text: field.type === 'boolean' ? shown : String(at) };
      });
      const chosen = await window.showQuickPick(field.isRequired ? items : [none, ...items], {
        ...{ title: texts.title, placeHolder: prompt, ignoreFocusOut: true },
      });
      if (!chosen) return undefined;
      const read = isLeftOut(chosen.text) ? undefined : readField(field, chosen.text);
      if (read && 'value' in read) entries.push([field.key, read.value]);
      continue;
    }
    const value = field.type === 'json' ? oneLineJson(field.text) : field.text;
    const check = (text: string): Read => {
      return isLeftOut(text) ? { value: undefined } : readField(field, text);
    };
    const read = await askText({ ...texts, value }, check, prompt);
    if (!read) return undefined;
    if (read.value !== undefined) entries.push([field.key, read.value]);
  }
  return { option, input: Object.fromEntries(entries) };
}

async function askJson(texts: Texts): Promise<{ readonly value: unknown } | undefined> {
  return askText({ ...texts, value: '' }, readJson, 'Answer as JSON');
}

async function askText(
  { title, prompt, value }: Texts & { readonly value: string },
  read: (text: string) => Read,
  label: string,
): Promise<{ readonly value: unknown } | undefined> {
  const text = await window.showInputBox({
    ...{ title, value, ignoreFocusOut: true },
    prompt: label === 'Answer' ? prompt : label,
    validateInput: (typed) => {
      const result = read(typed);
      return 'error' in result ? result.error : undefined;
    },
  });
  if (text === undefined) return undefined;
  const result = read(text);
  return 'error' in result ? undefined : result;
}

/** An input box has one line. */
function oneLineJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text.replaceAll(/\s+/g, ' ');
  }
}
