/** Six digits alone: mail programs do not all know other forms. */
export const isHexColor = (text: string): boolean => /^#[\da-f]{6}$/i.test(text);

/**
 * How well two colours stand out against each other (WCAG 2.2, "contrast ratio"): from 1, not at all, to 21.
 *
 * @param one as `#rrggbb`
 */
export function contrast(one: string, other: string): number {
  const [bright = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (bright + 0.05) / (dark + 0.05);
}

export interface ButtonColors {
  readonly ground: string;
  readonly edge: string;
  readonly text: string;
}

/**
 * Colours of a button. Its text is black or white: on every colour one of the two reaches 4.5, which WCAG 2.2 §1.4.3 asks for. A light one
 * on white, or a dark one on black, gets an edge, so that it is seen (§1.4.11).
 */
export function buttonColors(ground: string): ButtonColors {
  const isFaint = papers.some((paper) => contrast(ground, paper) < 1.6);
  const text = contrast(ground, '#ffffff') >= contrast(ground, '#000000') ? '#ffffff' : '#000000';
  return { ground, edge: isFaint ? '#7d8794' : ground, text };
}

/** What buttons stand on, in light mode and in dark. */
const papers = ['#ffffff', '#1a2028'];

/** WCAG 2.2, "relative luminance". */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    linear(Number.parseInt(color.slice(at, at + 2), 16) / 255),
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const linear = (part: number): number => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
