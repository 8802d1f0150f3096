import type { Lab } from '../state/lab.svelte';
import { stages } from '../state/stages';

/** Keys that work anywhere; a key typed into a field or a sheet belongs to that field or sheet. */
export function onShortcut(lab: Lab, event: KeyboardEvent): void {
  const { view } = lab;
  const withControl = event.ctrlKey || event.metaKey;
  if (withControl && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    view.paletteOpen = !view.paletteOpen;
    return;
  }
  if (withControl && event.key.toLowerCase() === 'e') {
    event.preventDefault();
    if (view.stage === 'compare') view.exportOpen = true;
    return;
  }
  if (withControl || event.altKey || isBusy(event.target)) return;
  const stage = stages.find((candidate) => candidate.key === event.key);
  if (stage) view.go(stage.id);
  else if (event.key === '0') view.go('home');
  else if (event.key === '?') view.shortcutsOpen = true;
}

function isBusy(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return target.closest('input, select, textarea, dialog, [contenteditable]') !== null;
}
