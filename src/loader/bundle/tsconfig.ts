import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';

/** What the loader needs to know of a `tsconfig.json`, those that it extends included. */
export interface Tsconfig {
  readonly path: string;
  readonly compilerOptions: Readonly<Record<string, unknown>>;
  /** Absolute paths of the configs that it refers to. */
  readonly references: readonly string[];
  /** Whether a file, by its absolute path, belongs to its project. */
  includes(file: string): boolean;
}

interface Settings {
  readonly compilerOptions: Readonly<Record<string, unknown>>;
  readonly files?: readonly string[];
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

const NAMES = ['tsconfig.json', 'jsconfig.json'];

/** The config in the nearest folder that has one: the one that a bundler takes by itself. */
export function nearestTsconfig(file: string): string | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const config = NAMES.map((name) => join(folder, name)).find((path) => existsSync(path));
    if (config !== undefined || folder === dirname(folder)) return config;
  }
}

/**
 * The config that rules a file, as the editor sees it: the nearest, or where that one leaves the file
 * out, the one of its references that has it.
 */
export function tsconfigOf(file: string): Tsconfig | undefined {
  const [nearest, ...others] = projectsOf(file);
  if (nearest === undefined || nearest.includes(file)) return nearest;
  return others.find((config) => config.includes(file)) ?? nearest;
}

/** A pattern of `paths` that an import fits, and the config that has it. */
export interface Alias {
  readonly pattern: string;
  readonly targets: readonly string[];
  readonly config: string;
  /** False if that config does not rule the file that imports. */
  readonly applies: boolean;
}

/** The alias by which a file imports something, in the configs that may rule the file. */
export function aliasOf(specifier: string, file: string): Alias | undefined {
  const ruling = tsconfigOf(file);
  for (const config of ruling ? [ruling, ...projectsOf(file)] : []) {
    const { paths } = config.compilerOptions;
    for (const [pattern, targets] of Object.entries(isObject(paths) ? paths : {})) {
      const [start = '', end] = pattern.split('*');
      const fits =
        end === undefined
          ? specifier === pattern
          : specifier.startsWith(start) && specifier.endsWith(end);
      if (!fits || pattern === '*') continue;
      const applies = config.path === ruling?.path;
      return { pattern, targets: textsOf(targets) ?? [], config: config.path, applies };
    }
  }
  return undefined;
}

/** The nearest config, and all that it refers to. */
function projectsOf(file: string): Tsconfig[] {
  const nearest = nearestTsconfig(file);
  const found = new Map<string, Tsconfig>();
  const add = (path: string) => {
    const config = found.has(path) ? undefined : readTsconfig(path);
    if (!config) return;
    found.set(path, config);
    config.references.forEach(add);
  };
  if (nearest !== undefined) add(nearest);
  return [...found.values()];
}

/** `undefined` for a file that is not there or cannot be read: the bundler says so. */
function readTsconfig(path: string): Tsconfig | undefined {
  const json = parse(path, dirname(path));
  if (!json) return undefined;
  const { compilerOptions, files, include, exclude } = withBases(path, dirname(path), []);
  const everything = files ? [] : [join(dirname(path), '**/*')];
  const included = (include ?? everything).map((pattern) => toRegExp(pattern, isFolder(pattern)));
  const left = exclude ?? [join(dirname(path), '**/node_modules')];
  const excluded = left.map((pattern) => toRegExp(pattern, true));
  return {
    path,
    compilerOptions,
    references: referencesOf(json, dirname(path)),
    includes(file) {
      const name = toPosix(file);
      if (files?.some((each) => toPosix(each) === name)) return true;
      return included.some((each) => each.test(name)) && !excluded.some((each) => each.test(name));
    },
  };
}

function referencesOf({ references }: Json, folder: string): string[] {
  if (!Array.isArray(references)) return [];
  return (references as unknown[]).flatMap((reference) => {
    if (!isObject(reference) || typeof reference['path'] !== 'string') return [];
    const path = resolve(folder, reference['path']);
    return path.endsWith('.json') ? path : join(path, 'tsconfig.json');
  });
}

function withBases(path: string, leaf: string, seen: readonly string[]): Settings {
  const json = seen.includes(path) ? undefined : parse(path, leaf);
  if (!json) return { compilerOptions: {} };
  const folder = dirname(path);
  const bases = (textsOf([json['extends']].flat()) ?? [])
    .filter((base) => base.startsWith('.') || isAbsolute(base))
    .map((base) => resolve(folder, base.endsWith('.json') ? base : `${base}.json`))
    .map((base) => withBases(base, leaf, [...seen, path]));
  const own: Record<string, readonly string[]> = {};
  for (const key of ['files', 'include', 'exclude']) {
    const list = textsOf(json[key]);
    if (list) own[key] = list.map((pattern) => resolve(folder, pattern));
  }
  const options = isObject(json['compilerOptions']) ? json['compilerOptions'] : {};
  const compilerOptions = Object.assign(
    {},
    ...bases.map((b) => b.compilerOptions),
    options,
  ) as Json;
  return Object.assign({}, ...bases, own, { compilerOptions }) as Settings;
}

/** JSON with comments and with commas at the end of lists. */
function parse(path: string, leaf: string): Json | undefined {
  try {
    const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
    const plain = text
      .replace(/("(?:\\.|[^"\\])*")|\/\/.*|\/\*[^]*?\*\//g, '$1')
      .replace(/("(?:\\.|[^"\\])*")|,(?=\s*[\]}])/g, '$1')
      .replaceAll('${configDir}', toPosix(leaf));
    const json: unknown = JSON.parse(plain);
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

/** A pattern without wildcards at its end may name a folder: then it means all that is in it. */
function isFolder(pattern: string): boolean {
  return !/[*?.][^/\\]*$/.test(pattern);
}

function toRegExp(pattern: string, withInside: boolean): RegExp {
  const source = toPosix(pattern)
    .replace(/[.+^${}()|[\]]/g, '\\$&')
    .replace(/\*\*\/?|\*|\?/g, (wildcard) => {
      if (wildcard === '**/') return '(?:.*/)?';
      return wildcard === '**' ? '.*' : wildcard === '*' ? '[^/]*' : '[^/]';
    });
  return new RegExp(`^${source}${withInside ? '(?:/.*)?' : ''}$`);
}

function toPosix(path: string): string {
  return path.replaceAll('\\', '/');
}

function textsOf(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
