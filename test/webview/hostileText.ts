import fc from 'fast-check';

/** What breaks out of texts, attributes, styles, scripts, comments, JSON, Mermaid and lists of icons. */
const PAYLOADS = [
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)>',
  '</script><script>alert(1)</script>',
  '<style>*{display:none}</style>',
  '<iframe srcdoc="<script>alert(1)</script>">',
  '<a href="javascript:alert(1)">x</a>',
  '" onmouseover="alert(1)" x="',
  "' style='position:fixed;inset:0;background:url(https://evil.test)' x='",
  ';background:url(https://evil.test);',
  '<!-- --> ]]> <![CDATA[',
  '"]:::x;click a href "javascript:alert(1)"',
  "%%{init: {'securityLevel': 'loose'}}%%",
  '"):::first\n\tclassDef default fill:url(https://evil.test)',
  '#quot;#60;img src=x onerror=alert(1)#62;',
  '&lt;img src=x onerror=alert(1)&gt;',
  '$(zap) \u202e\u0000\u2028\ud800',
  '__proto__',
  'constructor',
  'subgraph end',
  '{{constructor.constructor("alert(1)")()}}',
];

/** Any text, and such as is meant to be run, in the middle of others. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
  fc
    .tuple(fc.string({ maxLength: 8 }), fc.constantFrom(...PAYLOADS), fc.string({ maxLength: 8 }))
    .map((parts) => parts.join('')),
);
