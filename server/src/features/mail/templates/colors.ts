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

/** Black or white: on every colour one of the two reaches 4.5, which WCAG 2.2 §1.4.3 asks for. */
export const textOn = (color: string): string =>
  contrast(color, '#ffffff') >= contrast(color, '#000000') ? '#ffffff' : '#000000';

/** WCAG 2.2, "relative luminance". */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    linear(Number.parseInt(color.slice(at, at + 2), 16) / 255),
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const linear = (part: number): number => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
