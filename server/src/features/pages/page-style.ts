import type { ButtonColors } from '../mail/index.ts';

/** The style of the pages: one text, so that its hash can stand in the content security policy. */
export const pageStyle = ({ ground, edge, text }: ButtonColors): string => `
:root {
  color-scheme: light dark;
  --ink: light-dark(#1c2430, #e3e8ef);
  --soft: light-dark(#586474, #9aa7b8);
  --ground: light-dark(#f2f4f7, #12161c);
  --paper: light-dark(#ffffff, #1a2028);
  --line: light-dark(#dde3ea, #2c3541);
  --field: light-dark(#7d8794, #6f7c8c);
  --bad: light-dark(#b3261e, #ff8f86);
  --bad-ground: light-dark(#fdecea, #3a1f1e);
  --good-ground: light-dark(#e6f4ec, #173226);
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0; min-height: 100vh; padding: clamp(1rem, 6vh, 4rem) 1rem;
  background: var(--ground); color: var(--ink); overflow-wrap: anywhere;
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif;
}
main { max-width: 28rem; margin: 0 auto; }
.brand { margin: 0 .25rem 1.25rem; font-size: 1.125rem; font-weight: 700; }
.paper { padding: clamp(1.25rem, 5vw, 2rem); border: 1px solid var(--line); border-radius: .75rem; background: var(--paper); }
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.3; }
p { margin: 0 0 1rem; }
.paper > :last-child, form > :last-child, [data-view] > :last-child { margin-bottom: 0; }
.soft { color: var(--soft); font-size: .875rem; }
label { display: block; font-weight: 600; }
.field { margin: 0 0 1.25rem; }
.field > input {
  width: 100%; margin: .25rem 0; padding: .6rem .75rem; border: 1px solid var(--field); border-radius: .5rem;
  background: var(--paper); color: inherit; font: inherit;
}
.field > input[aria-invalid="true"] { border-color: var(--bad); }
.field p { margin: 0; }
.field .error { color: var(--bad); font-size: .875rem; }
#code { font: 700 1.5rem/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; letter-spacing: .25em; text-align: center; }
fieldset { margin: 0 0 1.25rem; padding: 0; border: 0; }
legend { padding: 0; font-weight: 600; }
.tick { display: flex; gap: .5rem; align-items: baseline; margin: .35rem 0; font-weight: 400; }
.tick input { flex: none; margin: 0; translate: 0 .1rem; accent-color: ${ground}; }
button {
  display: block; width: 100%; padding: .75rem 1.5rem; border: 1px solid ${edge}; border-radius: .5rem;
  background: ${ground}; color: ${text}; font: inherit; font-weight: 600; line-height: 1.25; cursor: pointer;
}
form[aria-busy="true"] button { cursor: progress; opacity: .7; }
:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
[tabindex="-1"]:focus { outline: none; }
#alert, #done, #sent { padding: .75rem 1rem; border-radius: .5rem; }
#alert { background: var(--bad-ground); color: var(--bad); }
#alert:empty { display: none; }
#done, #sent { background: var(--good-ground); }
footer { margin: 1.25rem .25rem 0; }
footer a { color: inherit; }
`;
