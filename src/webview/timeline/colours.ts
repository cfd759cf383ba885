/** What the bars are painted with, from the editor's theme. */
export interface Colours {
  readonly background: string;
  readonly foreground: string;
  readonly muted: string;
  readonly line: string;
  readonly focus: string;
  readonly running: string;
  readonly done: string;
  readonly failed: string;
  readonly cancelled: string;
  readonly waiting: string;
  readonly model: string;
  readonly selected: string;
  /** Not only by colour: a time in which nothing was done has a pattern. */
  readonly waits: CanvasPattern | string;
  readonly backoff: CanvasPattern | string;
  readonly asks: CanvasPattern | string;
}

const names = {
  background: '--background',
  foreground: '--foreground',
  muted: '--muted',
  line: '--clusterBorder',
  focus: '--focus',
  running: '--running',
  done: '--done',
  failed: '--failed',
  cancelled: '--cancelled',
  waiting: '--waiting',
  model: '--model',
  selected: '--selectedRow',
};

/** Reads the colours of the present theme. */
export function readColours(context: CanvasRenderingContext2D): Colours {
  const probe = document.createElement('i');
  document.body.append(probe);
  const read = (name: string) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const plain = Object.fromEntries(
    Object.entries(names).map(([key, name]) => [key, read(name)]),
  ) as Record<keyof typeof names, string>;
  probe.remove();
  return {
    ...plain,
    waits: pattern(context, plain.muted, (tile) => {
      for (const shift of [-6, 0, 6]) {
        tile.moveTo(shift, 6);
        tile.lineTo(shift + 6, 0);
      }
    }),
    backoff: pattern(context, plain.waiting, (tile) => {
      tile.moveTo(1.5, 0);
      tile.lineTo(1.5, 6);
      tile.moveTo(4.5, 0);
      tile.lineTo(4.5, 6);
    }),
    asks: pattern(context, plain.waiting, (tile) => {
      tile.moveTo(0, 0);
      tile.lineTo(6, 6);
      tile.moveTo(0, 6);
      tile.lineTo(6, 0);
    }),
  };
}

function pattern(
  context: CanvasRenderingContext2D,
  colour: string,
  draw: (tile: CanvasRenderingContext2D) => void,
): CanvasPattern | string {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 6;
  const inside = tile.getContext('2d');
  if (!inside) return colour;
  inside.strokeStyle = colour;
  inside.lineWidth = 1;
  inside.beginPath();
  draw(inside);
  inside.stroke();
  return context.createPattern(tile, 'repeat') ?? colour;
}
