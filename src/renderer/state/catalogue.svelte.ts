import type { AttackInfo, Catalogue, ModelInfo } from '@shared/domain/catalogue';
import type { RpcClient } from '@shared/rpc';

const nothing: Catalogue = {
  models: [],
  attacks: [],
  attackRun: [],
  norms: [],
  fits: [],
  defences: [],
};

/** Models, attacks and their settings, as data; every form of the lab is drawn from it. */
export class CatalogueState {
  readonly #client: RpcClient;
  #current = $state.raw<Catalogue>(nothing);

  constructor(client: RpcClient) {
    this.#client = client;
  }

  get current(): Catalogue {
    return this.#current;
  }

  model(id: string): ModelInfo | undefined {
    return this.#current.models.find((model) => model.id === id);
  }

  attack(id: string): AttackInfo | undefined {
    return this.#current.attacks.find((attack) => attack.id === id);
  }

  async load(): Promise<void> {
    this.#current = await this.#client.call('catalogue.get', {});
  }
}
