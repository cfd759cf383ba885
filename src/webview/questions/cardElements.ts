/** Makes an element. @param text Is shown as it is, whatever stands in it. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  className: string,
  text?: string,
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  if (className !== '') made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** A button that does not submit anything by itself. */
export function button(label: string, onClick: () => void): HTMLButtonElement {
  const made = element('button', 'secondary', label);
  made.type = 'button';
  made.dir = 'auto';
  // The second click of a double click is not meant for what the first has brought there.
  made.addEventListener('click', ({ detail }) => {
    if (detail < 2) onClick();
  });
  return made;
}

/** An id for what labels something else. */
export function freshId(): string {
  return `card-${++lastId}`;
}

let lastId = 0;

/** The frame of a card: a heading that names it, with a button that puts it off, and takes it up again. */
export function cardElement({
  title,
  note,
  onFold,
}: {
  readonly title: string;
  readonly note: string;
  /** It was put off, or taken up again. */
  readonly onFold?: () => void;
}): {
  readonly root: HTMLElement;
  /** Hidden while it is put off. */
  readonly body: HTMLElement;
  readonly setFolded: (isFolded: boolean) => void;
} {
  const root = element('article', 'card');
  const head = element('h2', '');
  head.id = freshId();
  const name = element('span', 'name', title);
  name.dir = 'auto';
  head.append(name, element('span', 'since', note));
  root.setAttribute('aria-labelledby', head.id);
  const body = element('div', 'body');
  body.id = freshId();
  const setFolded = (isFolded: boolean) => {
    body.hidden = isFolded;
    fold.textContent = isFolded ? 'Answer' : 'Later';
    fold.setAttribute('aria-label', `${fold.textContent}: ${title}`);
    fold.setAttribute('aria-expanded', String(!isFolded));
  };
  const fold = button('', () => {
    setFolded(!body.hidden);
    onFold?.();
  });
  fold.classList.add('quiet', 'fold');
  fold.setAttribute('aria-controls', body.id);
  setFolded(false);
  const top = element('div', 'top');
  top.append(head, fold);
  root.append(top, body);
  return { root, body, setFolded };
}

/** Where it stands what is wrong with something that was typed. */
export function problemLine(): HTMLElement & { show(problem: string | undefined): void } {
  const line = element('p', 'problem');
  line.setAttribute('role', 'alert');
  line.hidden = true;
  return Object.assign(line, {
    show: (problem: string | undefined) => {
      line.hidden = problem === undefined;
      line.textContent = problem ?? '';
    },
  });
}

/** Lets nothing in an element be changed or pressed but what puts a card off, or all of it again. */
export function disable(parent: HTMLElement, isDisabled: boolean): void {
  for (const control of parent.querySelectorAll<HTMLButtonElement>(
    'button:not(.fold), input, select, textarea',
  )) {
    control.disabled = isDisabled;
  }
}
