import { ConfigurationTarget, workspace, type Uri } from 'vscode';

/**
 * Changes a setting of the section `superstep`: in the workspace, if there is one. A value that holds
 * without being set is not written.
 * @param name Of the setting, without `superstep.`.
 * @param file For whose graphs it is asked.
 */
export async function changeSetting(
  name: string,
  value: string,
  file: Uri | undefined,
): Promise<void> {
  const section = workspace.getConfiguration('superstep', file);
  const { defaultValue, globalValue } = section.inspect<string>(name) ?? {};
  const { Global, Workspace } = ConfigurationTarget;
  const isInWorkspace = workspace.workspaceFolders !== undefined;
  const holdsAnyway = value === ((isInWorkspace ? globalValue : undefined) ?? defaultValue);
  await section.update(name, holdsAnyway ? undefined : value, isInWorkspace ? Workspace : Global);
}
