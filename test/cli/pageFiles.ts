import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { root } from '../host/install.ts';

/** What a page that shows a run is made of, as it is built. */
export const pageFiles = {
  script: pathToFileURL(join(root, 'dist/webview.js')),
  styles: pathToFileURL(join(root, 'media/panel.css')),
  theme: pathToFileURL(join(root, 'media/page.css')),
};
