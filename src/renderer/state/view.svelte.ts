import { isStage, type StageId } from './stages';

/** What the window shows. The stage is in the address, so a reload comes back to the same screen. */
export class View {
  #stage = $state<StageId>(fromHash());
  paletteOpen = $state(false);
  shortcutsOpen = $state(false);
  importOpen = $state(false);
  exportOpen = $state(false);
  bundleOpen = $state(false);
  /** Runs whose origin is shown; null while the sheet is closed. */
  originOf = $state.raw<readonly number[] | null>(null);
  queueOpen = $state(false);

  constructor() {
    window.addEventListener('hashchange', () => {
      this.#stage = fromHash();
    });
  }

  get stage(): StageId {
    return this.#stage;
  }

  go(stage: StageId): void {
    this.#stage = stage;
    window.location.hash = `/${stage}`;
  }
}

function fromHash(): StageId {
  const name = window.location.hash.replace(/^#\/?/, '');
  return isStage(name) ? name : 'home';
}
