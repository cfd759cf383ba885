import type {
  AnswerForm,
  Chosen,
  FormInput,
  FormPart,
  GivenAnswer,
} from '../../protocol/answerForm.ts';
import { button, element, freshId } from './cardElements.ts';
import { JsonEditor } from './jsonEditor.ts';
import { TextInput } from './textInput.ts';
import { FieldsInput } from './fieldsInput.ts';

/** What something is typed into. */
interface Typed {
  readonly root: HTMLElement;
  focus(): void;
  /** `undefined` if it does not do, which is shown. */
  read(): { readonly value: unknown } | undefined;
}

/** The controls with which one question is answered. */
export class AnswerControl {
  readonly root: HTMLElement = element('div', 'answer');
  readonly #parts: readonly PartControl[];
  readonly #form: HTMLElement = element('div', 'form');
  readonly #json: JsonEditor;
  readonly #onSend: (answer: GivenAnswer) => void;

  /**
   * @param options.name Of the question, for who cannot see where a button stands.
   * @param options.sendsAtOnce A choice that needs no text is the answer: there is no other question.
   */
  constructor(
    form: AnswerForm,
    options: {
      readonly name: string;
      readonly sendsAtOnce: () => boolean;
      readonly onSend: (answer: GivenAnswer) => void;
    },
  ) {
    this.#onSend = options.onSend;
    const isSingle = form.parts.length === 1;
    const send = button('Send', () => this.#send());
    this.#parts = form.parts.map(
      (part) =>
        new PartControl(part, {
          onSend: () => this.#send(),
          onChoose: (hasInput) => {
            if (isSingle && options.sendsAtOnce() && !hasInput) return this.#send();
            send.hidden = false;
          },
        }),
    );
    send.classList.add('primary');
    send.setAttribute('aria-label', `Send the answer to ${options.name}`);
    send.hidden = isSingle && !this.#parts[0]!.isChosen;
    this.#json = new JsonEditor({ label: 'Answer as JSON', text: '', onSend: () => this.#send() });
    this.#json.root.hidden = true;
    this.#form.append(...this.#parts.map(({ root }) => root));
    const actions = element('div', 'actions');
    actions.append(send);
    if (!this.#isJson(form)) {
      let wasHidden: boolean = isSingle;
      const other = button('Answer as JSON', () => {
        const isOpen = this.#json.root.hidden === true;
        this.#json.root.hidden = !isOpen;
        this.#form.hidden = isOpen;
        other.textContent = isOpen ? 'Back' : 'Answer as JSON';
        if (isOpen) wasHidden = send.hidden === true;
        send.hidden = isOpen ? false : wasHidden;
        if (isOpen) this.#json.focus();
      });
      other.classList.add('quiet');
      actions.append(other);
    }
    this.root.append(this.#form, this.#json.root, actions);
  }

  #isJson({ parts }: AnswerForm): boolean {
    const [part] = parts;
    return (
      parts.length === 1 && part!.options.length === 1 && part!.options[0]!.input?.kind === 'json'
    );
  }

  /** The answer; `undefined` if something is missing, which is shown. */
  read(): GivenAnswer | undefined {
    if (!this.#json.root.hidden) return this.#json.read();
    const choices = this.#parts.map((part) => part.read());
    const made = choices.filter((choice) => choice !== undefined);
    return made.length === choices.length ? { choices: made } : undefined;
  }

  #send(): void {
    const answer = this.read();
    if (answer) this.#onSend(answer);
  }
}

/** The options of one part, as buttons if there are several, and what is typed for the chosen one. */
class PartControl {
  readonly root: HTMLElement = element('div', 'part');
  readonly #inputs: readonly (Typed | undefined)[];
  readonly #buttons: HTMLButtonElement[];
  readonly #problem = element('p', 'problem', 'Choose one');
  #chosen: number | undefined;

  constructor(
    { title, options }: FormPart,
    listeners: { readonly onSend: () => void; readonly onChoose: (hasInput: boolean) => void },
  ) {
    this.#inputs = options.map(({ input }) => input && typedFor(input, listeners.onSend));
    const isChoice = options.length > 1 || this.#inputs[0] === undefined;
    this.#buttons = isChoice
      ? options.map(({ label }, index) =>
          button(label, () => {
            this.#choose(index);
            listeners.onChoose(this.#inputs[index] !== undefined);
          }),
        )
      : [];
    this.root.setAttribute('role', 'group');
    if (title !== undefined) {
      const head = element('h3', '', title);
      head.id = freshId();
      head.dir = 'auto';
      this.root.setAttribute('aria-labelledby', head.id);
      this.root.append(head);
    } else this.root.setAttribute('aria-label', 'Answer');
    const row = element('div', 'options');
    row.append(...this.#buttons);
    this.#problem.setAttribute('role', 'alert');
    this.#problem.hidden = true;
    if (isChoice) this.root.append(row);
    this.root.append(this.#problem, ...this.#inputs.flatMap((input) => input?.root ?? []));
    for (const input of this.#inputs) if (input) input.root.hidden = isChoice;
    for (const each of this.#buttons) each.setAttribute('aria-pressed', 'false');
    if (!isChoice) this.#chosen = 0;
  }

  /** Whether there is nothing to choose, or it was chosen. */
  get isChosen(): boolean {
    return this.#chosen !== undefined;
  }

  #choose(index: number): void {
    this.#chosen = index;
    this.#problem.hidden = true;
    this.#buttons.forEach((each, at) => each.setAttribute('aria-pressed', String(at === index)));
    this.#inputs.forEach((input, at) => {
      if (input) input.root.hidden = at !== index;
    });
    this.#inputs[index]?.focus();
  }

  read(): Chosen | undefined {
    this.#problem.hidden = this.isChosen;
    if (this.#chosen === undefined) return undefined;
    const input = this.#inputs[this.#chosen];
    if (!input) return { option: this.#chosen };
    const read = input.read();
    return read && { option: this.#chosen, input: read.value };
  }
}

function typedFor(input: FormInput, onSend: () => void): Typed {
  switch (input.kind) {
    case 'text':
      return new TextInput(input, onSend);
    case 'json':
      return new JsonEditor({ ...input, onSend });
    case 'fields':
      return new FieldsInput(input, onSend);
  }
}
