/** What differs from one panel to the next. */
export interface PanelResources {
  /** Stands at the top until there is a graph: the file's base name. May be anything. */
  readonly title: string;
  /** Fresh random text for each page; letters and digits only. */
  readonly nonce: string;
  /** `webview.cspSource`: the origin of the extension's own files. */
  readonly cspSource: string;
  /** URI of `dist/webview.js` as the webview sees it. */
  readonly scriptUri: string;
  /** URI of `media/panel.css` as the webview sees it. */
  readonly styleUri: string;
}

/**
 * The page of the preview panel. Graph and run arrive as messages.
 *
 * Styles need `'unsafe-inline'` because Mermaid puts style attributes on what it draws; scripts,
 * images and fonts come from the extension alone, and nothing may connect anywhere.
 */
export function panelHtml(resources: PanelResources): string {
  const { title, nonce, cspSource, scriptUri, styleUri } = resources;
  return pageHtml({
    title,
    policy: [
      "default-src 'none'",
      `script-src 'nonce-${nonce}'`,
      `style-src ${cspSource} 'unsafe-inline'`,
      `img-src ${cspSource} data:`,
      `font-src ${cspSource} data:`,
      // The layout of large graphs, which is made of the page's own script.
      'worker-src blob:',
    ],
    // An editor writes the page into its frame, where style sheets do not hold back what is drawn.
    styles: `<style>body { visibility: hidden; }</style>
<link rel="stylesheet" href="${escapeHtml(styleUri)}">`,
    scripts: `<script nonce="${nonce}" src="${escapeHtml(scriptUri)}"></script>`,
  });
}

/** Id of the element of a saved page that holds its messages, as JSON. */
export const SAVED_RUN = 'savedRun';

/** What differs between a panel and a page that is saved. */
export interface PageParts {
  /** As in {@link PanelResources}. */
  readonly title: string;
  /** Title of the window. Default: the product's name. */
  readonly windowTitle?: string;
  /** Directives of the Content Security Policy. */
  readonly policy: readonly string[];
  /** Classes of the body. */
  readonly classes?: string;
  /** Elements of the head, as they stand in the page. */
  readonly styles: string;
  /** Elements at the end of the body, as they stand in the page. */
  readonly scripts: string;
}

/** A page with the views of a run. */
export function pageHtml(parts: PageParts): string {
  const { title, windowTitle = 'Superstep', policy, classes = '', styles, scripts } = parts;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy.join('; '))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
${styles}
<title>${escapeHtml(windowTitle)}</title>
</head>
<body${classes && ` class="${classes}"`}>
<header id="bar">
  <div class="names"><h1 id="title">${escapeHtml(title)}</h1><span id="file"></span></div>
  <div id="views" role="tablist" aria-label="Views of the run">
    <button id="diagramTab" type="button" role="tab" aria-controls="content" aria-selected="true">Diagram</button>
    <button id="timelineTab" type="button" role="tab" aria-controls="timeline" aria-selected="false" tabindex="-1">Timeline</button>
    <button id="stateTab" type="button" role="tab" aria-controls="state" aria-selected="false" tabindex="-1">State</button>
    <button id="outputTab" type="button" role="tab" aria-controls="output" aria-selected="false" tabindex="-1">Output</button>
  </div>
  <div class="run"><div id="runState"></div><div id="totals" hidden></div></div>
  <button id="runButton" type="button" class="primary" hidden></button>
</header>
<div id="notice" class="banner" role="status" hidden></div>
<section id="waits" aria-label="What the run waits for" hidden></section>
<div id="problem" class="banner error" role="alert" hidden></div>
<main>
<div id="content" role="tabpanel" aria-labelledby="diagramTab">
  <div id="stage" role="group" tabindex="0" aria-label="Diagram: arrow keys move it, plus and minus zoom, 0 fits it">
    <div id="diagram" class="diagram"></div>
    <div id="placeholder"></div>
  </div>
  <search id="find" aria-label="Find a node" hidden>
    <input id="findInput" type="search" placeholder="Find a node" aria-label="Find a node" spellcheck="false">
    <span id="findCount" role="status"></span>
    ${tool('findPrevious', 'Previous match', '<path d="M4 10l4-4 4 4"/>')}
    ${tool('findNext', 'Next match', '<path d="M4 6l4 4 4-4"/>')}
    ${tool('findClose', 'Close', '<path d="M4 4l8 8M12 4l-8 8"/>')}
  </search>
  <section id="listPane" aria-labelledby="listTitle">
    <h2 id="listTitle">Nodes</h2>
    <ul id="nodes"></ul>
  </section>
  <p id="reachText" role="status" hidden></p>
  <div id="tools" role="toolbar" aria-label="Diagram">
    ${tool('zoomOut', 'Zoom out', '<path d="M3 8h10"/>')}
    <button id="zoomReset" type="button" title="Zoom to 100 %">100%</button>
    ${tool('zoomIn', 'Zoom in', '<path d="M3 8h10M8 3v10"/>')}
    ${tool('fit', 'Fit to panel', '<path d="M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10"/>')}
    ${tool('foldAll', 'Fold all subgraphs', '<path d="M4 2.5 8 6l4-3.5M4 13.5 8 10l4 3.5M2.5 8h11"/>')}
    ${tool('reach', 'What tests reach', '<path d="M6 2.5h4M6.8 2.5v4L3 13h10L9.2 6.5v-4M5.2 9.5h5.6"/>', 'hidden aria-pressed="false"')}
    ${tool('findOpen', 'Find a node (Ctrl+F)', '<path d="M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M10.3 10.3l3.2 3.2"/>')}
    ${tool('direction', 'Draw from left to right', '<path d="M8 2.5v11M4.5 10 8 13.5l3.5-3.5"/>')}
    ${tool('list', 'List of nodes', '<path d="M2.5 4h.01M2.5 8h.01M2.5 12h.01M5.5 4h8M5.5 8h8M5.5 12h8"/>')}
  </div>
</div>
<div id="timeline" role="tabpanel" aria-labelledby="timelineTab" hidden>
  <div id="timelineBar">
    <p id="timelineFacts"></p>
    <label id="whatIfBox" hidden>With maxConcurrency <select id="whatIf"></select></label>
    <div class="tools">
      ${tool('timelineFit', 'Show the whole run', '<path d="M2.5 3v10M13.5 3v10M5 8h6M7 6 5 8l2 2M9 6l2 2-2 2"/>')}
      ${tool('timelineSave', 'Save as Trace Event JSON', '<path d="M8 2.5v7.5M5 7l3 3 3-3M2.5 11v2.5h11V11"/>')}
      ${tool('timelineTable', 'Table of tasks', '<path d="M2.5 3.5h11v9h-11zM2.5 6.5h11M2.5 9.5h11M6.5 3.5v9"/>')}
    </div>
  </div>
  <div id="timelineStage" role="group" tabindex="0" aria-label="Timeline">
    <canvas id="timelineCanvas" hidden></canvas>
    <div id="timelineSpacer"></div>
    <p id="timelineEmpty">Run the graph to see where the time goes.</p>
  </div>
  <div id="timelineTablePane" role="region" tabindex="0" aria-label="Tasks of the run" hidden><table id="tasks"></table></div>
  <div id="timelineTip" aria-hidden="true" hidden></div>
</div>
<div id="state" role="tabpanel" aria-labelledby="stateTab" hidden>
  <p id="stateEmpty" class="emptyView">Run the graph to see its state after each superstep.</p>
  <div id="supersteps" class="part list" role="listbox" tabindex="0" aria-label="Supersteps" hidden></div>
  <div class="part pane" hidden>
    <div class="filters">
      <input id="stateSearch" type="search" placeholder="Search" aria-label="Search the state">
      <label><input id="onlyChanges" type="checkbox"> Only changes</label>
    </div>
    <div id="stateTree" class="list" role="tree" tabindex="0" aria-label="State after the superstep" hidden></div>
    <p id="stateNone" class="emptyView" hidden></p>
    <div id="stateDetail" class="detail" role="region" tabindex="0" aria-label="The chosen part of the state" hidden></div>
  </div>
</div>
<div id="output" role="tabpanel" aria-labelledby="outputTab" hidden>
  <p id="outputEmpty" class="emptyView">Nothing has been written yet.</p>
  <div id="outputBar" class="filters" hidden>
    <select id="branch" aria-label="Branch"></select>
    <input id="outputSearch" type="search" placeholder="Search" aria-label="Search the output">
    <span id="outputCount"></span>
  </div>
  <div id="outputLines" class="list" role="listbox" tabindex="0" aria-label="Output" hidden></div>
  <div id="outputDetail" class="detail" role="region" tabindex="0" aria-label="The chosen line" hidden></div>
</div>
</main>
<section id="scrubber" aria-label="Time of the run" hidden>
  <button id="play" type="button" title="Play" aria-label="Play" data-does="Play"><svg viewBox="0 0 16 16" aria-hidden="true"><path class="plays" d="M4.5 2.5v11l9-5.5z"/><path class="pauses" d="M5 3v10M11 3v10"/></svg></button>
  <input id="moment" type="range" min="0" max="1" step="any" value="1" aria-label="Moment of the run">
  <span id="momentText" aria-hidden="true"></span>
  <select id="pace" aria-label="Pace">
    <option value="1">1×</option>
    <option value="5">5×</option>
    <option value="20">20×</option>
    <option value="100">100×</option>
  </select>
</section>
<div id="announcer" class="visuallyHidden" role="status" aria-live="polite"></div>
${scripts}
</body>
</html>
`;
}

function tool(id: string, label: string, drawing: string, attributes = ''): string {
  return (
    `<button id="${id}" type="button" title="${label}" aria-label="${label}"${attributes && ` ${attributes}`}>` +
    `<svg viewBox="0 0 16 16" aria-hidden="true">${drawing}</svg></button>`
  );
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
