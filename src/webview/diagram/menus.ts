/**
 * Tells the editor which node a menu is opened for: it shows the entries that are contributed for nodes, and
 * those of its own elsewhere.
 * @param idAt The node that an element belongs to.
 */
export function serveMenus(
  container: HTMLElement,
  idAt: (target: Element) => string | undefined,
): void {
  container.addEventListener('contextmenu', ({ target }) => {
    const nodeId = target instanceof Element ? idAt(target) : undefined;
    if (nodeId === undefined) return void delete container.dataset.vscodeContext;
    const context = { webviewSection: 'node', nodeId, preventDefaultContextMenuItems: true };
    container.dataset.vscodeContext = JSON.stringify(context);
  });
}
