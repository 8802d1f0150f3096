import type { Component } from 'svelte';
import type { StageId } from '../state/stages';

/** A screen of the lab: one main object, its list at the left, its facts at the right. */
export interface Panel {
  readonly List?: Component;
  readonly Stage: Component;
  readonly Inspector?: Component;
}

/** Screens are loaded when first visited, so that the window opens before the charts are parsed. */
const loaders: Readonly<Record<StageId, () => Promise<{ default: Panel }>>> = {
  home: () => import('./home'),
  data: () => import('./data'),
  split: () => import('./split'),
  train: () => import('./train'),
  bench: () => import('./bench'),
  attack: () => import('./attack'),
  norms: () => import('./norms'),
  compare: () => import('./compare'),
  tables: () => import('./tables'),
  weights: () => import('./weights'),
  engine: () => import('./engine'),
};
const loaded = new Map<StageId, Promise<Panel>>();

export function loadPanel(stage: StageId): Promise<Panel> {
  const known = loaded.get(stage);
  if (known) return known;
  const panel = loaders[stage]().then((module) => module.default);
  loaded.set(stage, panel);
  return panel;
}
