/** One line of a fact sheet. `number` sets the value in the figures' monospace. */
export interface Fact {
  readonly name: string;
  readonly value: string;
  readonly kind?: 'text' | 'number';
  readonly title?: string;
}
