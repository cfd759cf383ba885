import { Uri, window, workspace } from 'vscode';
import { toAnswer } from '../../protocol/answerForm.ts';
import { isRecord, toJsonText } from '../../protocol/formFields.ts';
import type { Resume } from '../../protocol/threads.ts';
import type { OpenQuestion } from '../../protocol/waiting.ts';
import type { AnsweredQuestion } from '../../protocol/webviewMessages.ts';
import { describeBreakpoint, describeWaiting } from '../../runner/report/formatWaiting.ts';
import { label } from '../../runner/report/label.ts';
import type { RunViewModel } from './runViewModel.ts';
import { REDACTED } from '../../runner/redact.ts';
import { askAnswer } from './askAnswer.ts';
import type { GraphTarget } from '../graphs/graphFile.ts';
import type { WaitingRuns } from './waitingRuns.ts';

/** Goes on with a run that waits, or says why it cannot; whether it has begun to. */
export type ResumeRun = (run: RunViewModel, resume: Resume) => Promise<unknown>;

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
    const hidden = hiddenKey(values);
    if (hidden !== undefined) return void window.showErrorMessage(hiddenKeyText(hidden));
    return this.#resume(run, Object.keys(values).length > 0 ? { update: { values } } : {});
  }

  async #askToGoOn(run: RunViewModel): Promise<unknown> {
    const goOn = '$(debug-continue) Go On';
    const edit = '$(edit) Edit State First, in the Panel';
    const places = run.waiting!.breakpoints.map(describeBreakpoint).join(', ');
    const title = `${run.title}: Breakpoint ${places}`;
    const chosen = await window.showQuickPick([goOn, edit], { title });
    if (chosen === edit) return this.#parts.showPanel(run.target);
    return chosen && this.#resume(run, {});
  }

  /** What was open when it was asked may have been answered meanwhile. */
  async #resume(run: RunViewModel, resume: Resume): Promise<unknown> {
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
  readonly run: RunViewModel;
  /** Absent: breakpoints. */
  readonly question?: OpenQuestion;
}

/** Names and values are the user's: `$(x)` in one must not become an icon. */
function itemsOf(run: RunViewModel): Item[] {
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

/** The first of some edited keys whose value holds a key to something, which was not shown. */
export function hiddenKey(values: Readonly<Record<string, unknown>>): string | undefined {
  return Object.keys(values).find((key) => toJsonText(values[key]).includes(REDACTED));
}

/** Why such a key is not taken. */
export function hiddenKeyText(hidden: string): string {
  return `"${hidden}" cannot be edited here: it holds a key, which is not shown (${REDACTED}) and would be lost. Take the edit of "${hidden}" back.`;
}
