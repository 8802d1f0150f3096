import type { TensorRule, Tensors } from '../layout';

/** Collects the tensors of a network, module by module, in PyTorch's order. */
export class TensorList {
  readonly #tensors = new Map<string, TensorRule>();

  get all(): Tensors {
    return this.#tensors;
  }

  parameter(name: string, ...shape: number[]): this {
    this.#tensors.set(name, { shape, role: 'parameter' });
    return this;
  }

  /** A buffer whose value follows from the design; a file may leave it out. */
  constant(name: string, ...shape: number[]): this {
    this.#tensors.set(name, { shape, role: 'buffer', optional: true });
    return this;
  }

  /** A linear layer, a convolution, or a normalisation without running statistics: `weight` and `bias`. */
  layer(name: string, ...shape: number[]): this {
    return this.parameter(`${name}.weight`, ...shape).parameter(`${name}.bias`, shape[0] ?? 1);
  }

  /** Batch normalisation; files written before PyTorch 0.4.1 have no `num_batches_tracked`. */
  batchNorm(name: string, channels: number): this {
    this.layer(name, channels);
    this.#tensors.set(`${name}.running_mean`, { shape: [channels], role: 'buffer' });
    this.#tensors.set(`${name}.running_var`, { shape: [channels], role: 'buffer' });
    return this.constant(`${name}.num_batches_tracked`);
  }

  /** Another network inside this one. */
  include(tensors: Tensors, name: (inner: string) => string): this {
    for (const [inner, rule] of tensors) this.#tensors.set(name(inner), rule);
    return this;
  }
}
