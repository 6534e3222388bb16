/** All that a letter ever says of a device. */
const browsers = ['Edge', 'Opera', 'Samsung Internet', 'Firefox', 'Chrome', 'Chromium', 'Safari', 'curl'] as const;
const systems = ['iPhone', 'iPad', 'Android', 'Windows', 'macOS', 'ChromeOS', 'Linux'] as const;

/**
 * Browser and system out of `Firefox, Linux`, which is how `deviceName` (notices) reads a user agent. Other words are not spoken: what
 * stands in the outbox may be older than the rule by which it was written.
 */
export function deviceParts(device: string): { browser: string | undefined; system: string | undefined } {
  const named = device.split(', ');
  return {
    browser: browsers.find((name) => named.includes(name)),
    system: systems.find((name) => named.includes(name)),
  };
}
