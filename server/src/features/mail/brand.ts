import type { Locale } from './letters.ts';
import { type Overrides, readOverrides, type TemplateFile } from './templates/overrides.ts';

/** Where one may ask. */
export interface Contact {
  /** As it is read. */
  readonly text: string;
  /** `mailto:` or `https:`. */
  readonly href: string;
}

/** In whose name mails and their pages speak, and in which words if not in ours. */
export interface Brand {
  readonly name: string;
  readonly logoUrl: string | undefined;
  /** `#rrggbb`. */
  readonly color: string;
  readonly support: Contact | undefined;
  /** For readers of whom no language of ours is known. */
  readonly language: Locale;
  readonly overrides: Overrides;
}

/**
 * @param files those of `MAIL_TEMPLATES_DIR`
 * @throws TemplatesRefused with every fault in them
 */
export function createBrand(settings: Omit<Brand, 'overrides'>, files: readonly TemplateFile[] = []): Brand {
  const { name, logoUrl, color, support, language } = settings;
  return { name, logoUrl, color, support, language, overrides: readOverrides(files) };
}
