import { basename } from 'node:path';
import type { Node, Statement } from '@babel/types';
import type { GraphDraft } from '../loader/source/graphDraft.ts';
import type { ReadSource } from '../loader/source/readSource.ts';
import { FunctionCode } from './functionCode.ts';
import { readGraph, type LintGraph } from './lintGraph.ts';

/** What rules look at: one text, read once. */
export class LintedFile {
  readonly text: string;
  /** Superstep runs it: its name says that it holds graphs. */
  readonly isGraphFile: boolean;
  /** It may export by assigning, which not all is known about. */
  readonly isCommonJs: boolean;
  readonly statements: readonly Statement[];
  /** By builder, in the order of the text. */
  readonly graphs: readonly LintGraph[];
  /** What `compile()` gives, in that order. */
  readonly compiled: readonly GraphDraft[];
  /** All functions in the text. */
  readonly functions: readonly FunctionCode[];

  constructor(text: string, file: string, { reader, statements }: ReadSource) {
    this.text = text;
    this.isGraphFile = /\.graph\.[a-z]+$/.test(basename(file));
    this.isCommonJs = /\bexports\b/.test(text);
    this.statements = statements;
    const builders = reader.builders.filter(({ kind }) => kind === 'graph');
    this.graphs = builders.map(readGraph);
    this.compiled = reader.graphs;
    this.functions = reader.functions.map(({ code, scope }) => new FunctionCode(code, scope));
  }

  /** The text of a piece of syntax. */
  cut({ start, end }: Node): string {
    return this.text.slice(start ?? 0, end ?? 0);
  }
}
