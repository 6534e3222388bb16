import { isLoopback, list, type Parse } from '../../config/parsers.ts';
import { SettingError, section } from '../../config/setting.ts';
import type { WitnessPlace } from '../../kernel/witness.ts';

export const auditSettings = section('Audit record', {
  /** Undefined: a file in the data directory. */
  witnesses: {
    variable: 'AUDIT_WITNESS',
    parse: witnesses,
    fallback: (): readonly WitnessPlace[] | undefined => undefined,
    fallbackText: '',
    example: 'file:/mnt/append-only/keyward-witness,https://witness.example.com/keyward',
    reason:
      'Who keeps checkpoints of the audit record, so that cutting it off is found: file:PATH, stdout, https://…, several parted by commas, or off. By default the file audit-witness in DATA_DIR.',
    // The path of an address may be what keeps strangers from writing there.
    show: (places: readonly WitnessPlace[] | undefined) => (places ?? []).map(shown).join(','),
  },
});

function witnesses(raw: string): readonly WitnessPlace[] {
  return raw.trim().toLowerCase() === 'off' ? [] : list(witness)(raw);
}

const witness: Parse<WitnessPlace> = (text) => {
  if (text === 'stdout') return { kind: 'stdout' };
  if (text.startsWith('file:')) {
    const path = text.slice('file:'.length).replace(/^\/\/(?=\/)/, '');
    if (path === '' || path.includes('\0')) throw new SettingError('must name a file behind file:');
    return { kind: 'file', path };
  }
  const url = URL.parse(text);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url === null || !isSafe || url.username !== '' || url.password !== '' || url.hash !== '') {
    throw new SettingError('must be file:PATH, stdout, or an https:// address without user, password and fragment');
  }
  return { kind: 'web', url: url.href };
};

function shown(place: WitnessPlace): string {
  if (place.kind === 'file') return `file:${place.path}`;
  return place.kind === 'web' ? `${new URL(place.url).origin}/…` : place.kind;
}
