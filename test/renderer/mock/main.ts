import { mount } from 'svelte';
import App from '../../../src/renderer/App.svelte';
import '../../../src/renderer/styles/fonts.css';
import '../../../src/renderer/styles/tokens.css';
import '../../../src/renderer/styles/base.css';
import '../../../src/renderer/styles/controls.css';
import '../../../src/renderer/styles/layout.css';
import { MockConnection } from './client';
import * as data from './data';
import { study } from './study';

/**
 * The real interface over the mock host. `?scene=fresh` starts without a workspace, `live` streams 40
 * steps a second, `many` has 40,000 points in a figure of one pair.
 */
const scene = new URLSearchParams(location.search).get('scene') ?? 'full';
const many = (): MockConnection => {
  const first = data.datasets[0];
  const pictures = first ? data.images({ ...first, imageCount: 20_000 }) : [];
  return new MockConnection({ 'study.load': (selection) => study(selection, pictures) });
};
const scenes: Readonly<Record<string, () => MockConnection>> = {
  fresh: () => new MockConnection({ 'workspace.current': () => null }),
  many,
};
const client = scenes[scene]?.() ?? new MockConnection();
const target = document.getElementById('app');
if (target) mount(App, { target, props: { client } });

if (scene === 'live') {
  let step = 260;
  setInterval(() => {
    client.listeners.emit('run.steps', { id: 4, steps: data.steps(4, step, step + 2) });
    step += 2;
    client.listeners.emit('job.progress', {
      id: 4,
      progress: {
        done: step,
        total: 696,
        unit: 'steps',
        phase: `training, epoch ${Math.ceil(step / 58)} of 12`,
        leftMs: (696 - step) * 300,
      },
    });
  }, 50);
}
