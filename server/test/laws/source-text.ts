/**
 * A source with its comments and the insides of its strings blanked, so that a search meets nothing but code. It is as long as
 * `text`, and what stands at a place stands there still. Not a parser: enough for code that the formatter has laid out.
 */
export function codeOf(text: string): string {
  /** How many braces are open in each `${…}` that we are in. */
  const templates: number[] = [];
  let code = '';
  while (code.length < text.length) {
    const rest = templates.at(-1) === 0 && text[code.length] === '}' ? templateText : pieceAt(text, code);
    const piece = match(rest, text, code.length) ?? text.charAt(code.length);
    if (rest === templateText && piece.startsWith('}')) templates.pop();
    if (rest === templateText && piece.endsWith('${')) templates.push(0);
    else if (piece === '{' || piece === '}') countBrace(templates, piece);
    code += rest === otherwise ? piece : blanked(piece);
  }
  return code;
}

const comment = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const quoted = /'(?:\\[\s\S]|[^'\\\n])*'|"(?:\\[\s\S]|[^"\\\n])*"/y;
/** From a backtick, or from the `}` that ends an expression, to the next expression or to the end. */
const templateText = /[`}](?:\\[\s\S]|[^`\\$]|\$(?!\{))*(?:`|\$\{)/y;
const regularExpression = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y;
const otherwise = /[\w$]+|\s+|[\s\S]/y;

function pieceAt(text: string, code: string): RegExp {
  const next = text.charAt(code.length);
  if (next === '`') return templateText;
  if (next === "'" || next === '"') return quoted;
  if (next !== '/') return otherwise;
  if (/[/*]/.test(text.charAt(code.length + 1))) return comment;
  return endsAValue(code) ? otherwise : regularExpression;
}

/** After a value a slash divides; everywhere else it begins a regular expression. */
function endsAValue(code: string): boolean {
  const before = code.trimEnd();
  return /[\w$)\]'"`]$/.test(before) && !/(?:^|[^\w$.])(?:return|typeof|case|in|of|await|yield|throw)$/.test(before);
}

function match(pattern: RegExp, text: string, place: number): string | undefined {
  pattern.lastIndex = place;
  return pattern.exec(text)?.[0];
}

/** Keeps the first and the last sign, so that one still sees where a string was, and every line break. */
function blanked(piece: string): string {
  const inside = piece.slice(1, -1).replaceAll(/[^\n]/g, ' ');
  const marks = /^['"`}]/.test(piece);
  return marks ? piece.charAt(0) + inside + piece.at(-1) : ` ${inside} `.slice(0, piece.length);
}

function countBrace(templates: number[], brace: string): void {
  const open = templates.pop();
  if (open !== undefined) templates.push(open + (brace === '{' ? 1 : -1));
}

/** What a file names as its imports: `import`, `export … from`, `import()`, and files that it starts as threads. */
export function specifiersIn(text: string): string[] {
  const code = codeOf(text);
  const places = code.matchAll(/\b(?:(?:import|export)\b(?:[\w$*{},\s]*\bfrom)?\s*\(?|new URL\()\s*(?=['"])/g);
  return [...places].map((found) => {
    const start = found.index + found[0].length;
    return text.slice(start + 1, code.indexOf(code.charAt(start), start + 1));
  });
}

/** `import(name)`: what cannot be checked must not be written. */
export function hasHiddenImport(text: string): boolean {
  return /\b(?:import|require)\s*\((?!\s*['"])/.test(codeOf(text));
}
