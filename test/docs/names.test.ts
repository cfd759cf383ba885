// What the guides name exists: commands, settings, names of LangGraph, command lines.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import * as peer from '@langchain/langgraph';
import { parseCommand } from '../../src/cli/args.ts';
import * as ours from '../../src/engine/index.ts';

const root = join(import.meta.dirname, '../..');
const textOf = (page: string) => readFileSync(join(root, page), 'utf8');
const { contributes } = JSON.parse(textOf('package.json')) as {
  contributes: {
    commands: { title: string }[];
    configuration: { properties: Record<string, unknown> };
  };
};

describe('the guide to the editor', () => {
  const page = textOf('docs/editor.md');

  it('has all commands and no others', () => {
    const named = [...page.matchAll(/\*\*Superstep: (.+?)\*\*/g)].map(([, title]) => title!);
    assert.deepEqual(named.sort(), contributes.commands.map(({ title }) => title).sort());
  });

  it('has all settings and no others', () => {
    const found = [...page.matchAll(/`(superstep\.[\w.]+)`/g)].map(([, name]) => name!);
    const named = [...new Set(found)];
    assert.deepEqual(named.sort(), Object.keys(contributes.configuration.properties).sort());
  });
});

describe('the guide for users of LangGraph', () => {
  const page = textOf('docs/coming-from-langgraph.md');
  const section = (title: string) => page.split(`## ${title}`)[1]!.split('\n## ')[0]!;
  const namesIn = (text: string) => [...text.matchAll(/`(\w+)`/g)].map(([, name]) => name!);

  it('lists the names that both have', () => {
    const both = Object.keys(peer).filter((name) => name in ours);
    assert.deepEqual(namesIn(section('The same names')).sort(), both.sort());
  });

  it('has a row for each name that is only there', () => {
    const firstCells = [...section('Other names, or none').matchAll(/^\| (.+?) \|/gm)];
    const named = firstCells.flatMap(([, cell]) => namesIn(cell!));
    const left = Object.keys(peer).filter((name) => !(name in ours));
    assert.deepEqual(named.sort(), left.sort());
  });
});

describe('the commands in', () => {
  for (const page of ['README.md', ...globSync('docs/*.md', { cwd: root })]) {
    const lines = [...textOf(page).matchAll(/^(?:.*\| )?npx superstep (.+?)(?: +#.*)?$/gm)];
    for (const [, line] of lines) {
      it(`${page} are understood: ${line}`, () => {
        const args = line!.match(/'[^']*'|\S+/g)!.map((arg) => arg.replace(/^'|'$/g, ''));
        assert.ok(parseCommand(args).name);
      });
    }
  }
});
