import type { Panel } from '../panels';
import Inspector from './Inspector.svelte';
import List from './List.svelte';
import Stage from './Stage.svelte';

export default { List, Stage, Inspector } satisfies Panel;
