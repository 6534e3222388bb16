/** Where several clients with addresses of their own can come from on one machine; a reason to skip where they cannot. */
export const skipWithoutLoopbacks: string | false =
  process.platform === 'linux' ? false : 'NOT RUN: this system has one loopback address, and not all of 127.0.0.0/8';
