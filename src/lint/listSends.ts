import type { Node } from '@babel/types';
import type { Destination, FunctionCode } from './functionCode.ts';
import { walk } from './syntax.ts';

/** Each `Send` that code makes for every element of a list whose length the text does not tell. */
export function listSends(code: FunctionCode): Destination[] {
  const places = forEachElement(code.code);
  return code.sends().filter(({ at }) => places.some((place) => isIn(at, place)));
}

/** The code that is run for each element of such lists. */
export function forEachElement(code: Node): Node[] {
  const found: Node[] = [];
  walk(code, (node) => {
    // The length of what is written down is known: it may be one.
    if (node.type === 'ForOfStatement' && node.right.type !== 'ArrayExpression') {
      if (!mayEndEarly(node.body)) found.push(node.body);
    }
    if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return;
    const { object, property } = node.callee;
    const isMap = property.type === 'Identifier' && property.name === 'map';
    if (isMap && object.type !== 'ArrayExpression') found.push(...node.arguments);
  });
  return found;
}

export function isIn({ start, end }: Node, place: Node): boolean {
  return place.start! <= start! && end! <= place.end!;
}

/** Whether a loop may come to its end in the first round, or leave out what follows. */
function mayEndEarly(body: Node): boolean {
  let found = false;
  walk(body, ({ type }) => {
    found ||= /^(?:Break|Return|Continue|Throw)Statement$/.test(type);
  });
  return found;
}
