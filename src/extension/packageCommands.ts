import { Uri, commands, type ExtensionContext } from 'vscode';
import { EXPLAIN_RULE_COMMAND } from './lint/lintProblems.ts';
import { EXPLAIN_COMMAND } from './graphs/problems.ts';

/** The commands that show, or copy, what lies in the extension's package. */
export function packageCommands(
  context: ExtensionContext,
): Record<string, (...args: unknown[]) => unknown> {
  const packaged = (path: string): Uri => Uri.joinPath(context.extensionUri, path);
  const explain = (page: string, heading: unknown) =>
    commands.executeCommand(
      'markdown.showPreview',
      packaged(page).with({ fragment: String(heading).toLowerCase() }),
    );
  return {
    [EXPLAIN_COMMAND]: (code) => explain('media/errors.md', code),
    [EXPLAIN_RULE_COMMAND]: (rule) => explain('media/lint.md', rule),
    'superstep.newGraphFile': async (folder) => {
      const { newGraphFile } = await import('./newFiles/newGraphFile.ts');
      await newGraphFile(packaged('templates'), folder);
    },
    'superstep.firstSteps': () =>
      commands.executeCommand(
        'workbench.action.openWalkthrough',
        `${context.extension.id}#firstSteps`,
      ),
    'superstep.openExample': async (name) => {
      const { openExample } = await import('./newFiles/openExample.ts');
      await openExample(packaged('examples'), context.globalStorageUri, name);
    },
    'superstep.addTypes': async (folder) => {
      const { addTypes } = await import('./newFiles/addTypes.ts');
      await addTypes(packaged('node_modules/superstep-typescript-plugin/types'), folder);
    },
  };
}
