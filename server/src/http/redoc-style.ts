/** The style of `/redoc`: one constant, so that its hash can stand in the content security policy. */
export const redocStyle = `
:root {
  color-scheme: light dark;
  --ink: light-dark(#1c2430, #e3e8ef);
  --soft: light-dark(#586474, #9aa7b8);
  --paper: light-dark(#ffffff, #12161c);
  --panel: light-dark(#f5f7fa, #1a2028);
  --line: light-dark(#dde3ea, #2c3541);
  --accent: light-dark(#1f5fbf, #7db3ff);
  --get: light-dark(#146c43, #5fd39a);
  --post: light-dark(#1f5fbf, #7db3ff);
  --put: light-dark(#8a5a00, #f0bd5b);
  --delete: light-dark(#b3261e, #ff8f86);
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; }
body {
  margin: 0; display: grid; grid-template-columns: 17rem minmax(0, 1fr);
  background: var(--paper); color: var(--ink);
  font: 16px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
a { color: var(--accent); text-decoration: none; }
a:hover, a:focus-visible { text-decoration: underline; }
nav {
  position: sticky; top: 0; height: 100vh; overflow-y: auto;
  padding: 1.5rem 1rem; background: var(--panel); border-right: 1px solid var(--line); font-size: .875rem;
}
nav strong { display: block; margin: 1.25rem 0 .25rem; color: var(--soft); font-size: .75rem; letter-spacing: .06em; text-transform: uppercase; }
nav ul { margin: 0; padding: 0; list-style: none; }
nav li a { display: block; padding: .2rem .5rem; border-radius: .35rem; color: inherit; }
nav li a:hover { background: var(--line); text-decoration: none; }
main { padding: 2.5rem clamp(1rem, 4vw, 4rem) 6rem; max-width: 64rem; }
h1 { margin: 0; font-size: 2rem; line-height: 1.2; }
h2 { margin: 3.5rem 0 0; font-size: 1.375rem; text-transform: capitalize; }
h3 { margin: 0; font-size: 1.125rem; }
h4 { margin: 1.5rem 0 .5rem; font-size: .8125rem; color: var(--soft); letter-spacing: .05em; text-transform: uppercase; }
h4 code { text-transform: none; letter-spacing: 0; }
article { margin-top: 1.5rem; padding: 1.5rem; border: 1px solid var(--line); border-radius: .75rem; }
article:target { border-color: var(--accent); }
p { margin: .5rem 0; }
code { font: .875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
p code, td code { padding: .1em .35em; border-radius: .3em; background: var(--panel); }
.call { display: flex; flex-wrap: wrap; gap: .75rem; align-items: baseline; margin: .5rem 0; }
.method { font: 700 .8125rem ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.get { color: var(--get); } .post { color: var(--post); } .put, .patch { color: var(--put); } .delete { color: var(--delete); }
.soft { color: var(--soft); }
.scroll { overflow-x: auto; }
td:first-child code { overflow-wrap: normal; white-space: nowrap; }
table { width: 100%; border-collapse: collapse; font-size: .9375rem; }
th { color: var(--soft); font-weight: 600; }
th, td { padding: .45rem .75rem .45rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
tr:last-child td { border-bottom: 0; }
@media (max-width: 52rem) {
  body { display: block; }
  nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
@media print { body { display: block; } nav { display: none; } article { break-inside: avoid; } }
`;
