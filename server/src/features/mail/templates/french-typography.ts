/**
 * French as printers set it: no-break space before a colon and inside quotation marks, a narrow one before `; ! ?`. In the text alone:
 * what is put in stays as it is.
 */
export const fr = (strings: TemplateStringsArray, ...values: readonly string[]): string =>
  String.raw({ raw: strings.map(setInFrench) }, ...values);

/** @param text with ordinary spaces where those others belong */
const setInFrench = (text: string): string =>
  text
    .replaceAll(/ (?=[;!?])/g, '\u202f')
    .replaceAll(/ (?=[:»])/g, '\u00a0')
    .replaceAll(/(?<=«) /g, '\u00a0')
    .replaceAll("'", '’');
