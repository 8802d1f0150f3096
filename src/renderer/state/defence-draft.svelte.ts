import type { DefenceInfo } from '@shared/domain/catalogue';
import type { AttackChoice, DefenceChoice } from '@shared/domain/group';
import { defaultValues, type ParamSpec, type ParamValues } from '@shared/params';

/** The defence a form puts before the model, if any, and whether an attack knows it. */
export class DefenceDraft {
  #id = $state<string | null>(null);
  typed = $state.raw<ParamValues>({});
  adaptive = $state(true);

  /** Null: the model alone. */
  choose(id: string | null): void {
    this.#id = id;
    this.typed = {};
  }

  chosen(defences: readonly DefenceInfo[]): DefenceInfo | null {
    return defences.find(({ id }) => id === this.#id) ?? null;
  }

  /** Specs and values, for the form's own check of its fields. */
  block(defences: readonly DefenceInfo[]): readonly [readonly ParamSpec[], ParamValues] {
    const info = this.chosen(defences);
    return info ? [info.params, defaultValues(info.params, this.typed)] : [[], {}];
  }

  /** What a request says; absent: the model alone. */
  choice(defences: readonly DefenceInfo[]): DefenceChoice | undefined {
    const info = this.chosen(defences);
    return info ? { defenceId: info.id, params: this.block(defences)[1] } : undefined;
  }

  /** The same for an attack. */
  attackChoice(defences: readonly DefenceInfo[]): AttackChoice['defence'] {
    const choice = this.choice(defences);
    return choice && { ...choice, adaptive: this.adaptive };
  }
}
