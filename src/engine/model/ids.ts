/**
 * A random id in the form of a UUID (version 4). Made from `Math.random`: it must be distinct, not
 * secret, and the first use of `crypto` costs Node some 5 ms at the very start of a run.
 */
export function randomId(): string {
  let id = '';
  for (let i = 0; i < 32; i++) {
    if (i === 8 || i === 12 || i === 16 || i === 20) id += '-';
    if (i === 12) id += '4';
    else id += Math.floor(Math.random() * (i === 16 ? 4 : 16) + (i === 16 ? 8 : 0)).toString(16);
  }
  return id;
}
