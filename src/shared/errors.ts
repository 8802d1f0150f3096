/**
 * Every expected failure in the lab is one of these kinds. It crosses processes as data and is
 * rebuilt on the other side, so a person always reads the same three things: what happened, what
 * is safe, what to do next.
 */
export const labErrorKinds = [
  'bad-input',
  'not-found',
  'missing-file',
  'unreadable-file',
  'unsupported',
  'conflict',
  'leakage',
  'cancelled',
  'out-of-memory',
  'worker-died',
  'disk-full',
  'read-only',
  'locked',
  'newer-version',
  'non-finite',
  'engine',
  'forbidden',
  'internal',
] as const;

export type LabErrorKind = (typeof labErrorKinds)[number];

export interface LabErrorData {
  readonly kind: LabErrorKind;
  /** What happened: one plain sentence that quotes the offending value. */
  readonly message: string;
  /** What is safe: what was kept, what was not touched. */
  readonly safe?: string | undefined;
  /** What to do next. */
  readonly next?: string | undefined;
  /** Facts for "Copy details"; never shown first. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

export class LabError extends Error implements LabErrorData {
  readonly kind: LabErrorKind;
  readonly safe?: string | undefined;
  readonly next?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;

  constructor(data: LabErrorData, options?: ErrorOptions) {
    super(data.message, options);
    this.name = 'LabError';
    this.kind = data.kind;
    this.safe = data.safe;
    this.next = data.next;
    this.details = data.details;
  }

  toData(): LabErrorData {
    return {
      kind: this.kind,
      message: this.message,
      safe: this.safe,
      next: this.next,
      details: this.details,
    };
  }
}

/** Turns anything thrown into data that can cross a process boundary. */
export function toErrorData(thrown: unknown): LabErrorData {
  if (thrown instanceof LabError) return thrown.toData();
  if (thrown instanceof Error) {
    return {
      kind: 'internal',
      message: thrown.message,
      safe: 'Everything stored so far is kept.',
      next: 'Try again; if it happens again, copy the details into a bug report.',
      details: { stack: thrown.stack },
    };
  }
  return { kind: 'internal', message: String(thrown) };
}

/** Closes a switch: the compiler refuses a missing case, and a value from outside fails loudly. */
export function assertNever(value: never, what: string): never {
  throw new Error(`${what}: unexpected value ${JSON.stringify(value)}`);
}

/** Unwraps a value that cannot be missing; the reason says why. */
export function must<T>(value: T | null | undefined, reason: string): T {
  if (value === null || value === undefined) throw new Error(`missing value: ${reason}`);
  return value;
}
