import { readTemplateFolder } from '../../../adapters/template-folder.ts';
import { createBrand, locales, renderLetter, sampleLetter, templates } from '../../../features/mail/index.ts';
import { argument, type Command, choice, optionalText, UsageError } from '../command.ts';

export const mailPreviewCommand: Command = {
  words: ['mail', 'preview'],
  usage: `<template> [--locale ${locales.join('|')}] [--html]`,
  takes: 1,
  options: { locale: { type: 'string' }, html: { type: 'boolean' } },
  summary: 'show what a mail says, with made-up data: subject and text, or with --html the page',
  needs: 'config',
  async run(input, { values }) {
    const wanted = argument(input, 0, 'template');
    const template = templates.find((it) => it === wanted);
    if (template === undefined) throw new UsageError(`<template> must be one of ${templates.join(', ')}`);
    const locale = choice('locale', optionalText(input, 'locale'), locales) ?? values.brand.language;
    const brand = createBrand(values.brand, readTemplateFolder(values.brand.templatesDir));
    const letter = renderLetter({ to: 'ada@example.com', locale, letter: sampleLetter(template) }, brand);
    const text = input.options.html === true ? letter.html : `Subject: ${letter.subject}\n\n${letter.text}`;
    return { text, json: { template, locale, ...letter } };
  },
};
