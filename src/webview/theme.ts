/**
 * The font that labels are measured and drawn with. Colours are not here: the stylesheet takes them
 * from the editor's theme, so that a change of theme needs no new drawing.
 */
export interface LabelFont {
  readonly fontFamily: string;
  readonly fontSize: string;
}

/** Reads the editor's font from the page. */
export function readLabelFont(): LabelFont {
  const { fontFamily, fontSize } = getComputedStyle(document.body);
  return { fontFamily, fontSize };
}

/**
 * Calls `onChange` when the theme may be another: the editor changes the root's style (variables) and
 * the body's class with it.
 */
export function watchTheme(onChange: () => void): void {
  const observer = new MutationObserver(onChange);
  observer.observe(document.documentElement, { attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributeFilter: ['style', 'class'] });
  // A page that is a file of its own has the colours that the browser is set to.
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', onChange);
}

/**
 * Calls `onChange` when the editor's font is another: labels then need other room.
 */
export function watchLabelFont(onChange: () => void): void {
  let last = JSON.stringify(readLabelFont());
  watchTheme(() => {
    const font = JSON.stringify(readLabelFont());
    if (font === last) return;
    last = font;
    onChange();
  });
}
