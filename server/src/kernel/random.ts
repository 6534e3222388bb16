/** The port to the CSPRNG, so that tests can repeat a run. */
export interface Random {
  /** `count` unpredictable bytes. */
  bytes(count: number): Buffer;
}
