import type {
  AnsweredQuestion,
  PauseCard,
  QuestionCard,
  WaitingCards,
} from '../../protocol/webviewMessages.ts';
import { AnswerControl } from './answerControl.ts';
import { button, cardElement, disable, element, problemLine } from './cardElements.ts';
import { JsonEditor } from './jsonEditor.ts';

/** What comes of the cards. */
interface Listeners {
  readonly onAnswer: (answers: readonly AnsweredQuestion[]) => void;
  readonly onGoOn: (edited: { readonly state?: unknown }) => void;
  /** The cards go while one of them has the focus. */
  readonly onGone: () => void;
}

interface Card {
  readonly root: HTMLElement;
  readonly control: AnswerControl;
  readonly body: HTMLElement;
  /** Why the last answer was not taken. */
  readonly refusal: ReturnType<typeof problemLine>;
  readonly setFolded: (isFolded: boolean) => void;
  /** What it was made from. */
  readonly from: string;
}

/** Below the header: a card for each open question, and one for the breakpoints that were reached. */
export class QuestionCards {
  readonly #element: HTMLElement;
  readonly #listeners: Listeners;
  /** By question. They outlive a run, so that what was typed into others is not lost by an answer. */
  #cards = new Map<string, Card>();
  #shown: WaitingCards | undefined;
  /** The questions that were answered last. */
  #answered: ReadonlySet<string> = new Set();
  #sendAll: HTMLElement | undefined;

  constructor(parent: HTMLElement, listeners: Listeners) {
    this.#element = parent;
    this.#listeners = listeners;
  }

  /** What waits, to be read aloud. */
  get words(): string[] {
    const { questions = [], pause } = this.#shown ?? {};
    return [
      ...questions.map(({ asker, lines }) => `${asker || 'Question'}: ${lines[0] ?? ''}`),
      ...(pause?.places.map((place) => `breakpoint ${place}`) ?? []),
    ];
  }

  /**
   * @param waits `undefined` takes the cards away.
   * @param failure How the run has failed: why what was answered, and is open still, was not taken.
   */
  show(waits: WaitingCards | undefined, failure?: string): void {
    if (!waits && !this.#shown) return;
    this.#shown = waits;
    if (!waits) {
      const hadFocus = this.#element.contains(document.activeElement);
      this.#element.hidden = true;
      if (hadFocus) this.#listeners.onGone();
      return;
    }
    const { questions, pause, obstacle } = waits;
    const cards = new Map(questions.map((each) => [each.id, this.#cardOf(each)]));
    this.#cards = cards;
    for (const [id, card] of cards) {
      const isRefused = failure !== undefined && this.#answered.has(id);
      card.refusal.show(isRefused ? `This answer was not taken. ${failure}` : undefined);
      if (isRefused) card.setFolded(false);
    }
    this.#answered = new Set();
    this.#sendAll = questions.length > 1 ? this.#makeSendAll() : undefined;
    this.#element.replaceChildren(
      ...(obstacle === undefined ? [] : [element('p', 'obstacle', obstacle)]),
      ...[...cards.values()].map(({ root }) => root),
      ...(this.#sendAll ? [this.#sendAll] : []),
      ...(pause ? [this.#pauseCard(pause)] : []),
    );
    disable(this.#element, obstacle !== undefined);
    this.#element.hidden = false;
  }

  #cardOf(question: QuestionCard): Card {
    // When it was asked may be told anew after each answer.
    const from = JSON.stringify({ ...question, since: '' });
    const known = this.#cards.get(question.id);
    if (known?.from === from) return known;
    const { root, body, setFolded } = cardElement({
      title: question.asker || 'Question',
      note: `asked at ${question.since}`,
      onFold: () => {
        const renewed = this.#sendAll && this.#makeSendAll();
        if (renewed) this.#sendAll?.replaceWith(renewed);
        this.#sendAll = renewed;
      },
    });
    const refusal = problemLine();
    const asked = element(
      'pre',
      question.isText ? 'asked' : 'asked code',
      question.lines.join('\n'),
    );
    asked.dir = 'auto';
    // It scrolls, which a keyboard must be able to.
    asked.tabIndex = 0;
    asked.setAttribute('role', 'group');
    asked.setAttribute('aria-label', 'What is asked');
    const control = new AnswerControl(question.form, {
      name: question.asker || 'the question',
      sendsAtOnce: () => this.#open.length === 1,
      onSend: (answer) => this.#send([{ id: question.id, answer }]),
    });
    body.append(asked, refusal, control.root);
    return { root, control, body, refusal, setFolded, from };
  }

  /** The questions that were not put off. */
  get #open(): readonly QuestionCard[] {
    const { questions = [] } = this.#shown ?? {};
    return questions.filter(({ id }) => !this.#cards.get(id)?.body.hidden);
  }

  #makeSendAll(): HTMLElement {
    const questions = this.#open;
    const send = button(`Send All ${questions.length} Answers`, () => {
      const answers = questions.map(({ id }) => ({
        id,
        answer: this.#cards.get(id)!.control.read(),
      }));
      const given = answers.flatMap(({ id, answer }) => (answer ? [{ id, answer }] : []));
      if (given.length === answers.length) this.#send(given);
    });
    send.classList.add('primary');
    send.disabled = this.#shown?.obstacle !== undefined;
    const row = element('div', 'actions all');
    row.hidden = questions.length < 2;
    row.append(send);
    return row;
  }

  #send(answers: readonly AnsweredQuestion[]): void {
    disable(this.#element, true);
    this.#answered = new Set(answers.map(({ id }) => id));
    this.#listeners.onAnswer(answers);
  }

  #pauseCard({ places, since, state }: PauseCard): HTMLElement {
    const { root, body } = cardElement({
      title: places.length === 1 ? `Breakpoint ${places[0]}` : 'Breakpoints',
      note: `reached at ${since}`,
    });
    if (places.length > 1) {
      const list = element('ul', '');
      list.append(...places.map((place) => element('li', '', place)));
      body.append(list);
    }
    const goOn = (edited: { readonly state?: unknown }) => {
      disable(this.#element, true);
      this.#listeners.onGoOn(edited);
    };
    const actions = element('div', 'actions');
    const go = button('Go On', () => goOn({}));
    go.classList.add('primary');
    actions.append(go);
    body.append(actions);
    if (state === undefined) return root;
    const editor = new JsonEditor({ label: 'State', text: state, isObject: true });
    editor.root.hidden = true;
    const write = button('Write State and Go On', () => {
      const read = editor.read();
      if (read) goOn({ state: read.value });
    });
    write.hidden = true;
    const edit = button('Edit State First', () => {
      const isOpen = editor.root.hidden;
      editor.root.hidden = write.hidden = !isOpen;
      edit.setAttribute('aria-expanded', String(isOpen));
      if (isOpen) editor.focus();
    });
    edit.setAttribute('aria-expanded', 'false');
    actions.append(edit, write);
    actions.before(editor.root);
    return root;
  }
}
