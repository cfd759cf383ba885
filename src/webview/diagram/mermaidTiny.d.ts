// The package has no types: it sets the global variable `mermaid`.
declare module '@mermaid-js/tiny';
