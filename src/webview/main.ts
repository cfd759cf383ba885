import type {
  FromWebview,
  ImageFormat,
  NodeProgress,
  ToWebview,
} from '../protocol/webviewMessages.ts';
import type { TracedEvent } from '../trace/trace.ts';
import { Announcer } from './announcer.ts';
import { Banner } from './banner.ts';
import { EdgeHighlight } from './edgeHighlight.ts';
import { pngData, svgText } from './exportImage.ts';
import { RunHighlight } from './highlightRun.ts';
import { findHost } from './host.ts';
import type { CalledNode } from './mermaidText.ts';
import { NodeList } from './nodeList.ts';
import { QuestionCards } from './questionCards.ts';
import { readMessage } from './readMessage.ts';
import { renderDiagram, type Drawing } from './renderDiagram.ts';
import { RunBar } from './runBar.ts';
import { RunViews } from './runViews.ts';
import { readSavedState, type SavedState, type Tab } from './savedState.ts';
import { errorIcon } from './statusSign.ts';
import { Tabs } from './tabs.ts';
import { watchLabelFont, watchTheme } from './theme.ts';
import { Totals } from './totals.ts';
import { Viewport } from './viewport.ts';

type Message<T extends ToWebview['type']> = Extract<ToWebview, { type: T }>;

/** Most nodes that are added to a drawing; of further ones nothing is shown. */
const MAX_CALLED = 100;

const host = findHost();
const post = (message: FromWebview) => host.postMessage(message);

const stage = byId('stage');
const diagram = byId('diagram');
const placeholder = byId('placeholder');

let saved = readSavedState(host.getState());
let graph: Message<'graph'> | undefined;
let lastRevision = -Infinity;
let drawing: Drawing | undefined;
/** What the drawing was made from: most changes of a file leave its graph as it is. */
let drawnFrom: string | undefined;
let highlight: RunHighlight | undefined;
let edges: EdgeHighlight | undefined;
/** The latest progress of every node that has any, and those of them that are not shown yet. */
const progress = new Map<string, NodeProgress>();
const unshown = new Set<string>();
/** Functional tasks that have run: they are in no text, and are drawn once they are known of. */
const called = new Map<string, CalledNode>();
let isFrameAsked = false;
let areEdgesOld = false;
let isDrawing = false;
let isDrawingStale = false;

const announcer = new Announcer(byId('announcer'));
const runBar = new RunBar(byId('runState'), byId('runButton') as HTMLButtonElement, (type) =>
  post({ type }),
);
const totals = new Totals(byId('totals'));
/** Goes to the source of a node; where there is none, to what it did last. */
const reveal = (nodeId: string) =>
  host.isFile ? views.selectNode(nodeId) : post({ type: 'reveal', nodeId });
const notice = new Banner(byId('notice'));
const problem = new Banner(byId('problem'), {
  icon: errorIcon,
  onChoose: (place) => post({ type: 'openPlace', place }),
});
const cards = new QuestionCards(byId('waits'), {
  onAnswer: (answers) => post({ type: 'answer', answers }),
  onGoOn: (edited) => post({ type: 'goOn', ...edited }),
  onGone: () => byId('runButton').focus(),
});
const nodeList = new NodeList(byId('nodes'), {
  onChoose: reveal,
  onFocus: (id) => highlight?.focus(id),
});
const views = new RunViews(
  {
    timeline: {
      stage: byId('timelineStage'),
      canvas: byId('timelineCanvas') as HTMLCanvasElement,
      spacer: byId('timelineSpacer'),
      tip: byId('timelineTip'),
      facts: byId('timelineFacts'),
      whatIf: byId('whatIf') as HTMLSelectElement,
      whatIfBox: byId('whatIfBox'),
      empty: byId('timelineEmpty'),
      table: byId('tasks') as HTMLTableElement,
      tablePane: byId('timelineTablePane'),
      tableButton: byId('timelineTable'),
      fitButton: byId('timelineFit'),
    },
    state: {
      pane: byId('state'),
      empty: byId('stateEmpty'),
      supersteps: byId('supersteps'),
      search: byId('stateSearch') as HTMLInputElement,
      onlyChanges: byId('onlyChanges') as HTMLInputElement,
      tree: byId('stateTree'),
      noRows: byId('stateNone'),
      detail: byId('stateDetail'),
    },
    output: {
      pane: byId('output'),
      empty: byId('outputEmpty'),
      bar: byId('outputBar'),
      branch: byId('branch') as HTMLSelectElement,
      search: byId('outputSearch') as HTMLInputElement,
      count: byId('outputCount'),
      lines: byId('outputLines'),
      detail: byId('outputDetail'),
    },
  },
  { onReveal: reveal, onSelect: (nodeId) => highlight?.focus(nodeId) },
);
const tabs = new Tabs<Tab>(
  {
    diagram: { tab: byId('diagramTab'), panel: byId('content') },
    timeline: { tab: byId('timelineTab'), panel: byId('timeline') },
    state: { tab: byId('stateTab'), panel: byId('state') },
    output: { tab: byId('outputTab'), panel: byId('output') },
  },
  (tab) => {
    save({ tab });
    views.refresh();
  },
);
const viewport = new Viewport(stage, diagram, (view) => {
  const percent = `${Math.round(viewport.scale * 100)}%`;
  byId('zoomReset').textContent = percent;
  // A name begins with what is seen: that is what people say who speak to their machine.
  byId('zoomReset').setAttribute('aria-label', `${percent}, zoom to 100 %`);
  if (drawing) save({ view, viewOf: viewKey() });
});

const onMessage: { [T in ToWebview['type']]: (message: Message<T>) => void } = {
  graph(message) {
    if (message.revision < lastRevision) return;
    lastRevision = message.revision;
    graph = message;
    for (const name of ['title', 'file'] as const) {
      byId(name).textContent = byId(name).title = message[name];
    }
    notice.show(message.notice);
    problem.show(undefined);
    diagram.classList.remove('outdated');
    runBar.showIdle({ canRun: message.canRun ?? true });
    called.clear();
    forgetRun();
    if (!drawing) placeholder.replaceChildren();
    void draw();
  },
  restore({ restore }) {
    save({ restore });
  },
  problem({ revision, message, places }) {
    if (revision < lastRevision) return;
    lastRevision = revision;
    problem.show(message, places);
    diagram.classList.add('outdated');
    if (!graph) showPlaceholder('There is nothing to draw until the problem is solved.');
  },
  sourceChanged({ revision }) {
    if (isStale(revision)) return;
    notice.show('The source has changed since this run began. The diagram is that of the run.');
  },
  runStarted({ revision, elapsedMs }) {
    if (isStale(revision)) return;
    if (!diagram.classList.contains('outdated')) problem.show(undefined);
    forgetRun();
    runBar.showRunning(elapsedMs ?? 0);
    announcer.say('Run started');
  },
  runEvents({ revision, events }) {
    if (isStale(revision)) return;
    views.add(events as readonly TracedEvent[]);
    areEdgesOld = true;
    askFrame();
  },
  progress({ revision, nodes }) {
    if (isStale(revision)) return;
    for (const node of nodes) {
      progress.set(node.id, node);
      unshown.add(node.id);
    }
    askFrame();
    if (nodes.filter(isNewlyCalled).length > 0) void draw();
  },
  runStopping({ revision }) {
    if (isStale(revision)) return;
    runBar.showStopping();
    announcer.say('Stopping');
  },
  drawImage({ format }) {
    void sendImage(format);
  },
  runEnded({ revision, status, durationMs, message, places, waits }) {
    if (isStale(revision)) return;
    showProgress();
    const end = runBar.showEnd(status, durationMs);
    cards.show(waits);
    announcer.say([end, totals.words, ...cards.words].filter((part) => part !== '').join(', '));
    if (message !== undefined && status === 'failed') problem.show(message, places);
  },
};

async function sendImage(format: ImageFormat): Promise<void> {
  const svg = drawing?.svg;
  try {
    const data = svg && (format === 'svg' ? svgText(svg) : await pngData(svg));
    post({ type: 'image', format, ...(data !== undefined && { data }) });
  } catch {
    post({ type: 'image', format });
  }
}

/** Takes note of a node that must be added to the drawing. */
function isNewlyCalled({ id, calledBy }: NodeProgress): boolean {
  if (!calledBy || called.has(id) || called.size >= MAX_CALLED) return false;
  called.set(id, { id, ...calledBy });
  return true;
}

function isStale(revision: number): boolean {
  return graph === undefined || revision < graph.revision;
}

/** Draws the present graph; of several calls during one drawing only the last has an effect. */
async function draw(): Promise<void> {
  if (isDrawing) {
    isDrawingStale = true;
    return;
  }
  isDrawing = true;
  do {
    // Mermaid blocks the page: first take in the messages that have already come.
    await new Promise((resolve) => setTimeout(resolve));
    isDrawingStale = false;
    const source = graph;
    if (!source) break;
    try {
      const renderMs = await drawAnew(source);
      if (renderMs === undefined) continue;
      post({ type: 'drawn', revision: source.revision, renderMs });
    } catch (error) {
      if (isDrawingStale) continue;
      const message = error instanceof Error ? error.message : String(error);
      showPlaceholder(`The graph cannot be drawn: ${message}`, source.mermaid);
      post({ type: 'drawFailed', revision: source.revision, message });
    }
  } while (isDrawingStale);
  isDrawing = false;
}

/** @returns Milliseconds that Mermaid took; `undefined` if the result came too late to be of use. */
async function drawAnew(source: Message<'graph'>): Promise<number | undefined> {
  const parts = { mermaid: source.mermaid, nodes: source.nodes, called: [...called.values()] };
  const from = JSON.stringify([parts, saved.direction]);
  if (drawing !== undefined && drawnFrom === from) {
    describeDrawing(drawing, source);
    return 0;
  }
  const result = await renderDiagram(parts, saved.direction);
  if (isDrawingStale) return undefined;
  drawnFrom = from;
  showDrawing(result, source);
  return result.renderMs;
}

function describeDrawing({ svg }: Drawing, { title }: Message<'graph'>): void {
  svg.setAttribute('aria-label', `Diagram of ${title}`);
}

function showDrawing(result: Drawing, source: Message<'graph'>): void {
  drawing = result;
  describeDrawing(result, source);
  diagram.replaceChildren(result.svg);
  placeholder.replaceChildren();
  document.body.classList.add('hasDrawing');
  highlight = new RunHighlight(result);
  edges = new EdgeHighlight(result);
  areEdgesOld = true;
  nodeList.setNodes(result.nodes.values());
  viewport.setContent(result, saved.viewOf === viewKey() ? saved.view : undefined);
  for (const id of progress.keys()) unshown.add(id);
  showProgress();
}

/** In place of a drawing: what is missing, or what went wrong and with which text. */
function showPlaceholder(text: string, code?: string): void {
  drawing = undefined;
  highlight = edges = undefined;
  document.body.classList.remove('hasDrawing');
  diagram.replaceChildren();
  nodeList.setNodes([]);
  const paragraph = document.createElement('p');
  paragraph.textContent = text;
  placeholder.replaceChildren(paragraph);
  if (code === undefined) return;
  const pre = document.createElement('pre');
  pre.tabIndex = 0;
  pre.textContent = code;
  placeholder.append(pre);
}

function askFrame(): void {
  if (isFrameAsked) return;
  isFrameAsked = true;
  requestAnimationFrame(() => {
    isFrameAsked = false;
    showProgress();
  });
}

function showProgress(): void {
  for (const id of unshown) {
    const node = progress.get(id);
    if (!node) continue;
    highlight?.show(node);
    nodeList.show(node);
    const name = drawing?.nodes.get(id)?.name;
    if (name !== undefined) announcer.note(name, node);
  }
  unshown.clear();
  showEdges();
  totals.show([...progress.values()].flatMap(({ modelUse }) => modelUse ?? []));
}

function showEdges(): void {
  if (!areEdgesOld) return;
  areEdgesOld = false;
  const { startedAt, status, edges: taken } = views.trace;
  if (startedAt !== undefined) edges?.show(taken, { isOver: status !== 'running' });
}

function forgetRun(): void {
  progress.clear();
  unshown.clear();
  highlight?.reset();
  edges?.reset();
  nodeList.reset();
  announcer.reset();
  totals.show([]);
  cards.show(undefined);
  views.reset();
}

function viewKey(): string {
  return JSON.stringify([graph?.file, graph?.title, saved.direction]);
}

function save(change: Partial<SavedState>): void {
  saved = { ...saved, ...change };
  host.setState(saved);
}

function showListState(): void {
  document.body.classList.toggle('listOpen', saved.listOpen);
  byId('list').setAttribute('aria-pressed', String(saved.listOpen));
}

function showDirectionState(): void {
  const label = saved.direction === 'TD' ? 'Draw from left to right' : 'Draw from top to bottom';
  byId('direction').dataset.direction = saved.direction;
  byId('direction').setAttribute('aria-label', label);
  byId('direction').title = label;
}

function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The panel's page has no element "${id}"`);
  return element;
}

byId('zoomIn').addEventListener('click', () => viewport.zoomIn());
byId('zoomOut').addEventListener('click', () => viewport.zoomOut());
byId('zoomReset').addEventListener('click', () => viewport.reset());
byId('fit').addEventListener('click', () => viewport.fit());
byId('timelineSave').addEventListener('click', () =>
  post({ type: 'saveTrace', text: views.traceJson() }),
);
byId('list').addEventListener('click', () => {
  save({ listOpen: !saved.listOpen });
  showListState();
});
byId('direction').addEventListener('click', () => {
  save({ direction: saved.direction === 'TD' ? 'LR' : 'TD' });
  showDirectionState();
  void draw();
});
diagram.addEventListener('click', ({ target }) => {
  if (!drawing || viewport.wasDragged || !(target instanceof Element)) return;
  const element = target.closest('g.node, g.cluster');
  for (const node of drawing.nodes.values()) {
    if (node.element !== element) continue;
    views.selectNode(node.id);
    reveal(node.id);
  }
});
window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const message = readMessage(data);
  if (message) onMessage[message.type](message as never);
});
watchTheme(() => views.refresh());
watchLabelFont(() => {
  drawnFrom = undefined;
  void draw();
});
tabs.show(saved.tab);
showListState();
showDirectionState();
// Whoever opens a panel loads a graph for it.
showPlaceholder('Loading…');
post({ type: 'ready' });
// While the extension loads the graph, Mermaid can be got ready: its first drawing is its slowest.
setTimeout(() => {
  if (!graph) void renderDiagram({ mermaid: 'graph TD;\n\ta(a)\n\ta --> b;', nodes: [] }, 'TD');
});
