import type { FromWebview, ImageFormat, ToWebview } from '../protocol/webviewMessages.ts';
import type { TracedEvent } from '../trace/trace.ts';
import { Announcer } from './announcer.ts';
import { Banner } from './banner.ts';
import { DiagramView } from './diagram/diagramView.ts';
import { FindBar } from './diagram/findBar.ts';
import { pngData, svgText } from './diagram/exportImage.ts';
import { findHost } from './host.ts';
import { QuestionCards } from './questions/questionCards.ts';
import { readMessage } from './readMessage.ts';
import { ReachToggle } from './diagram/reachToggle.ts';
import { renderText } from './diagram/renderMermaid.ts';
import { RunBar } from './runBar.ts';
import { RunViews } from './runViews.ts';
import { Scrubber } from './scrubber.ts';
import { readSavedState, type SavedState, type Tab } from './savedState.ts';
import { errorIcon } from './statusSign.ts';
import { Tabs } from './tabs.ts';
import { watchTheme } from './theme.ts';
import { Totals } from './totals.ts';

type Message<T extends ToWebview['type']> = Extract<ToWebview, { type: T }>;

const host = findHost();
const post = (message: FromWebview) => host.postMessage(message);

let saved = readSavedState(host.getState());
let graph: Message<'graph'> | undefined;
let lastRevision = -Infinity;
let isFrameAsked = false;

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
const diagram = new DiagramView(
  {
    content: byId('content'),
    stage: byId('stage'),
    diagram: byId('diagram'),
    placeholder: byId('placeholder'),
    list: byId('nodes'),
  },
  saved.direction,
  {
    onChoose(nodeId, isPointed) {
      if (isPointed) views.selectNode(nodeId);
      reveal(nodeId);
    },
    onDrawn(revision, renderMs) {
      showProgress();
      post({ type: 'drawn', revision, renderMs });
    },
    onNew() {
      find.refresh();
      showFoldState();
    },
    onFailed: (revision, message) => post({ type: 'drawFailed', revision, message }),
    onShown: (name, progress) => announcer.note(name, progress),
    onView(view) {
      const percent = `${Math.round(diagram.viewport.scale * 100)}%`;
      byId('zoomReset').textContent = percent;
      // A name begins with what is seen: that is what people say who speak to their machine.
      byId('zoomReset').setAttribute('aria-label', `${percent}, zoom to 100 %`);
      if (diagram.drawing) save({ view, viewOf: viewKey() });
      askFrame();
    },
    viewOf: () => (saved.viewOf === viewKey() ? saved.view : undefined),
    onFolded: (folded) => save({ folded, foldedOf: graphKey(graph) }),
    foldedOf: (shown) => (saved.foldedOf === graphKey(shown) ? saved.folded : undefined),
  },
);
const reachToggle = new ReachToggle(
  { button: byId('reach'), text: byId('reachText') },
  {
    isOn: () => saved.showsReach,
    onToggle: () => save({ showsReach: !saved.showsReach }),
    onShow: (reach) => diagram.showReach(reach),
  },
);
const find = new FindBar(
  {
    bar: byId('find'),
    input: byId('findInput') as HTMLInputElement,
    count: byId('findCount'),
    previous: byId('findPrevious'),
    next: byId('findNext'),
    close: byId('findClose'),
  },
  {
    candidates: () => diagram.findable,
    onMatches: (ids) => diagram.mark(ids),
    onShow: (id) => diagram.reveal(id),
    onClosed: () => byId('stage').focus(),
  },
);
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
  { onReveal: reveal, onSelect: (nodeId) => diagram.focus(nodeId) },
);
const scrubber = new Scrubber(
  {
    box: byId('scrubber'),
    play: byId('play'),
    slider: byId('moment') as HTMLInputElement,
    pace: byId('pace') as HTMLSelectElement,
    text: byId('momentText'),
  },
  (ms) => {
    diagram.showMoment(views.showAt(ms));
    showProgress();
  },
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
const onMessage: { [T in ToWebview['type']]: (message: Message<T>) => void } = {
  graph(message) {
    if (message.revision < lastRevision) return;
    lastRevision = message.revision;
    graph = message;
    reachToggle.show(undefined);
    for (const name of ['title', 'file'] as const) {
      byId(name).textContent = byId(name).title = message[name];
    }
    notice.show(message.notice);
    problem.show(undefined);
    runBar.showIdle({ canRun: message.canRun ?? true });
    forgetRun();
    diagram.show(message);
  },
  expected({ revision, mermaid, nodes }) {
    if (graph && !isStale(revision)) diagram.expect({ ...graph, mermaid, nodes });
  },
  restore({ restore }) {
    save({ restore });
  },
  problem({ revision, message, places }) {
    if (revision < lastRevision) return;
    lastRevision = revision;
    problem.show(message, places);
    diagram.showOutdated();
    if (!graph) diagram.showPlaceholder('There is nothing to draw until the problem is solved.');
  },
  sourceChanged({ revision }) {
    if (isStale(revision)) return;
    notice.show('The source has changed since this run began. The diagram is that of the run.');
  },
  breakpoints({ revision, breakpoints }) {
    if (!isStale(revision)) diagram.showBreakpoints(breakpoints);
  },
  reach({ revision, reach }) {
    if (isStale(revision)) return;
    reachToggle.show(reach);
  },
  runStarted({ revision, elapsedMs }) {
    if (isStale(revision)) return;
    if (!diagram.isOutdated) problem.show(undefined);
    forgetRun();
    runBar.showRunning(elapsedMs ?? 0);
    announcer.say('Run started');
  },
  runEvents({ revision, events }) {
    if (isStale(revision)) return;
    views.add(events as readonly TracedEvent[]);
    diagram.heard();
    askFrame();
  },
  progress({ revision, nodes }) {
    if (isStale(revision)) return;
    diagram.add(nodes);
    askFrame();
  },
  runStopping({ revision }) {
    if (isStale(revision)) return;
    runBar.showStopping();
    announcer.say('Stopping');
  },
  select({ revision, nodeId, view }) {
    if (isStale(revision)) return;
    tabs.show(view);
    save({ tab: view });
    views.refresh();
    views.selectNode(nodeId);
  },
  drawImage({ format }) {
    void sendImage(format);
  },
  runEnded({ revision, status, durationMs, message, places, waits }) {
    if (isStale(revision)) return;
    showProgress();
    const end = runBar.showEnd(status, durationMs);
    const { timeOfRun } = views;
    if (timeOfRun) scrubber.show(timeOfRun);
    cards.show(waits, status === 'failed' ? message : undefined);
    announcer.say([end, totals.words, ...cards.words].filter((part) => part !== '').join(', '));
    if (message !== undefined && status === 'failed') problem.show(message, places);
  },
};

async function sendImage(format: ImageFormat): Promise<void> {
  try {
    const data = await diagram.whole(
      views.trace,
      (svg) => svg && (format === 'svg' ? svgText(svg) : pngData(svg)),
    );
    post({ type: 'image', format, ...(data !== undefined && { data }) });
  } catch {
    post({ type: 'image', format });
  }
}

function isStale(revision: number): boolean {
  return graph === undefined || revision < graph.revision;
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
  if (!diagram.refresh(views.trace)) askFrame();
  totals.show([...diagram.progress].flatMap(({ modelUse }) => modelUse ?? []));
}

function forgetRun(): void {
  scrubber.hide();
  diagram.forgetRun();
  announcer.reset();
  totals.show([]);
  cards.show(undefined);
  views.reset();
}

function viewKey(): string {
  return JSON.stringify([graph?.file, graph?.title, saved.direction]);
}

function graphKey(shown: Message<'graph'> | undefined): string {
  return JSON.stringify([shown?.file, shown?.title]);
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

function showFoldState(): void {
  byId('foldAll').hidden = !diagram.hasSubgraphs;
  const label = diagram.areAllFolded ? 'Unfold all subgraphs' : 'Fold all subgraphs';
  byId('foldAll').setAttribute('aria-label', label);
  byId('foldAll').title = label;
}

/** The field in which the view that is shown is searched. */
function searchField(): HTMLElement | undefined {
  if (saved.tab === 'state') return byId('stateSearch');
  return saved.tab === 'output' ? byId('outputSearch') : undefined;
}

function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The panel's page has no element "${id}"`);
  return element;
}

byId('zoomIn').addEventListener('click', () => diagram.viewport.zoomIn());
byId('zoomOut').addEventListener('click', () => diagram.viewport.zoomOut());
byId('zoomReset').addEventListener('click', () => diagram.viewport.reset());
byId('fit').addEventListener('click', () => diagram.viewport.fit());
byId('timelineSave').addEventListener('click', () =>
  post({ type: 'saveTrace', text: views.traceJson() }),
);
byId('foldAll').addEventListener('click', () => diagram.foldAll(!diagram.areAllFolded));
byId('findOpen').addEventListener('click', () => find.open());
document.addEventListener('keydown', (event) => {
  const isFind = event.key.toLowerCase() === 'f' && (event.ctrlKey || event.metaKey);
  if (!isFind || event.altKey || event.shiftKey) return;
  if (saved.tab === 'diagram') {
    if (diagram.drawing) find.open();
  } else searchField()?.focus();
  event.preventDefault();
});
byId('list').addEventListener('click', () => {
  save({ listOpen: !saved.listOpen });
  showListState();
});
byId('direction').addEventListener('click', () => {
  save({ direction: saved.direction === 'TD' ? 'LR' : 'TD' });
  showDirectionState();
  diagram.turn(saved.direction);
});
window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const message = readMessage(data);
  if (message) onMessage[message.type](message as never);
});
watchTheme(() => views.refresh());
tabs.show(saved.tab);
showListState();
showDirectionState();
// Whoever opens a panel loads a graph for it.
diagram.showPlaceholder('Loading…');
post({ type: 'ready' });
// While the extension loads the graph, Mermaid can be got ready: its first drawing is its slowest.
setTimeout(() => {
  if (!graph) void renderText({ mermaid: 'graph TD;\n\ta(a)\n\ta --> b;', nodes: [] }, 'TD');
});
