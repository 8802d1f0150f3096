import { mount } from 'svelte';
import App from '../../../src/renderer/App.svelte';
import '../../../src/renderer/styles/fonts.css';
import '../../../src/renderer/styles/tokens.css';
import '../../../src/renderer/styles/base.css';
import '../../../src/renderer/styles/controls.css';
import '../../../src/renderer/styles/layout.css';
import { MockConnection } from './client';
import * as data from './data';

/** The real interface over the mock host: `?scene=fresh` starts without a workspace. */
const scene = new URLSearchParams(location.search).get('scene') ?? 'full';
const client = new MockConnection(scene === 'fresh' ? { 'workspace.current': () => null } : {});
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
