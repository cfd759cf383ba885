import { Uri, window, workspace } from 'vscode';
import {
  answerForm,
  readInput,
  readJson,
  toAnswer,
  type Chosen,
  type FormInput,
  type FormPart,
} from '../protocol/answerForm.ts';
import { isRecord, readField, toJsonText, type Read } from '../protocol/formFields.ts';
import type { Resume } from '../protocol/threads.ts';
import type { OpenQuestion } from '../protocol/waiting.ts';
import type { AnsweredQuestion } from '../protocol/webviewMessages.ts';
import { describeBreakpoint, describeWaiting } from '../runner/report/formatWaiting.ts';
import { label } from '../runner/report/label.ts';
import type { ActiveRun } from './activeRun.ts';
import type { GraphTarget } from './graphFile.ts';
import type { WaitingRuns } from './waitingRuns.ts';

/** Goes on with a run that waits, or says why it cannot; whether it has begun to. */
export type ResumeRun = (run: ActiveRun, resume: Resume) => Promise<unknown>;

interface Parts {
  readonly waits: WaitingRuns;
  readonly resume: ResumeRun;
  /** Brings the panel of a graph to the front. */
  readonly showPanel: (target: GraphTarget) => void;
}

/** Answers what runs wait for: as it was given in the panel, or asked for at the top of the window. */
export class Answers {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Asks for the answer to an open question, which the user picks if there are several.
   * @param uri Only those of this file, and of the graph `exportName`, if one is named.
   */
  async ask(uri?: unknown, exportName?: unknown): Promise<unknown> {
    const runs = this.#parts.waits.all.filter(
      (run) =>
        (!(uri instanceof Uri) || run.file === uri.fsPath) &&
        (typeof exportName !== 'string' || run.exportName === exportName),
    );
    const [first, ...others] = runs.flatMap(itemsOf).reverse();
    if (!first) return void window.showInformationMessage('No graph waits for an answer.');
    const title = 'Answer Which Question?';
    const chosen =
      others.length === 0
        ? first
        : await window.showQuickPick([first, ...others], { title, matchOnDetail: true });
    if (!chosen) return undefined;
    const { run, question } = chosen;
    if (!question) return this.#askToGoOn(run);
    const asked = await askAnswer(run, question);
    return asked && this.#resume(run, { answers: { [question.id]: asked.value } });
  }

  /** Goes on with answers that were given in the panel. */
  async answer(target: GraphTarget, answered: readonly AnsweredQuestion[]): Promise<unknown> {
    const run = this.#parts.waits.of(target);
    const open = new Map(run?.waiting?.questions.map((question) => [question.id, question]));
    const answers = answered.flatMap(({ id, answer }) => {
      const question = open.get(id);
      return question ? [[id, toAnswer(question.value, answer)] as const] : [];
    });
    if (!run || answers.length < answered.length) {
      return void window.showWarningMessage('The question is not open any more.');
    }
    return this.#resume(run, { answers: Object.fromEntries(answers) });
  }

  /**
   * Goes on from a breakpoint.
   * @param edited The state to go on with, as the panel has it; its keys that differ are replaced.
   */
  async goOn(target: GraphTarget, edited?: unknown): Promise<unknown> {
    const run = this.#parts.waits.of(target);
    if (!run) return void window.showWarningMessage('The run does not wait any more.');
    const values = isRecord(edited) ? changes(run.result?.state, edited) : {};
    return this.#resume(run, Object.keys(values).length > 0 ? { update: { values } } : {});
  }

  async #askToGoOn(run: ActiveRun): Promise<unknown> {
    const goOn = '$(debug-continue) Go On';
    const edit = '$(edit) Edit State First, in the Panel';
    const places = run.waiting!.breakpoints.map(describeBreakpoint).join(', ');
    const title = `${run.title}: Breakpoint ${places}`;
    const chosen = await window.showQuickPick([goOn, edit], { title });
    if (chosen === edit) return this.#parts.showPanel(run.target);
    return chosen && this.#resume(run, {});
  }

  /** What was open when it was asked may have been answered meanwhile. */
  async #resume(run: ActiveRun, resume: Resume): Promise<unknown> {
    if (this.#parts.waits.of(run.target) !== run) {
      return void window.showWarningMessage(`${run.title} does not wait for this any more.`);
    }
    return this.#parts.resume(run, resume);
  }
}

interface Item {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  readonly run: ActiveRun;
  /** Absent: breakpoints. */
  readonly question?: OpenQuestion;
}

/** Names and values are the user's: `$(x)` in one must not become an icon. */
function itemsOf(run: ActiveRun): Item[] {
  const { questions, breakpoints } = run.waiting!;
  const where = workspace.asRelativePath(run.file);
  const plain = (text: string) => text.replaceAll('$(', '$\u200b(');
  const item = (icon: string, name: string, detail: string) => {
    return { label: `${icon} ${plain(name)}`, description: where, detail: plain(detail), run };
  };
  return [
    ...(breakpoints.length > 0
      ? [item('$(debug-pause)', run.title, breakpoints.map(describeBreakpoint).join(', '))]
      : []),
    ...questions.map((question) => {
      const name = [run.title, label(question.path)].filter((part) => part !== '').join(': ');
      const [detail = ''] = describeWaiting({
        questions: [{ ...question, path: [] }],
        breakpoints: [],
      });
      return { ...item('$(comment-discussion)', name, detail), question };
    }),
  ];
}

/** @returns `undefined` if the user gave up. */
async function askAnswer(
  run: ActiveRun,
  question: OpenQuestion,
): Promise<{ readonly value: unknown } | undefined> {
  const { parts } = answerForm(question.value);
  const asker = label(question.path) || run.title;
  const text = textOf(question);
  const choices: Chosen[] = [];
  for (const [index, part] of parts.entries()) {
    const count = parts.length > 1 ? ` (${index + 1} of ${parts.length})` : '';
    const title = `${asker}${count}${part.title === undefined ? '' : `: ${part.title}`}`.slice(
      0,
      200,
    );
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

/** The keys of a state that were edited, each to be replaced whole, whatever its reducer. */
export function changes(
  state: unknown,
  edited: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const before = isRecord(state) ? state : {};
  return Object.fromEntries(
    Object.entries(edited).flatMap(([key, value]) => {
      const isSame = Object.hasOwn(before, key) && toJsonText(before[key]) === toJsonText(value);
      return isSame ? [] : [[key, { __overwrite__: value }]];
    }),
  );
}
