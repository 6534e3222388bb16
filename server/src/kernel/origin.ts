/** Where a request came from, as far as it can be known: kept with sessions and audit events. */
export interface RequestOrigin {
  readonly ip: string;
  readonly userAgent: string;
  /** The languages that they read, as `Accept-Language` says it. */
  readonly languages?: string | undefined;
}
