// A lease: for some time one holder alone does what it names.

export interface Lease {
  readonly name: string;
  readonly holder: string;
  /** Rises with every change of holder; a writer with a lower fence has lost the lease. */
  readonly fence: number;
  readonly expiresAt: number;
}
