import { MediaQuery } from 'svelte/reactivity';
import { Persisted } from './persisted.svelte';

export const themeChoices = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof themeChoices)[number];

/** Light, dark, or whatever the system says; figures on screen follow `mode`. */
export class Theme {
  readonly #choice = new Persisted<ThemeChoice>('theme', themeChoices, 'system');
  readonly #systemDark = new MediaQuery('prefers-color-scheme: dark');
  readonly mode = $derived(
    this.#choice.current === 'system'
      ? this.#systemDark.current
        ? ('dark' as const)
        : ('light' as const)
      : this.#choice.current,
  );

  get choice(): ThemeChoice {
    return this.#choice.current;
  }

  set choice(choice: ThemeChoice) {
    this.#choice.current = choice;
  }

  /** The next choice in turn, for the command palette. */
  cycle(): void {
    const at = themeChoices.indexOf(this.choice);
    this.choice = themeChoices[(at + 1) % themeChoices.length] ?? 'system';
  }
}
