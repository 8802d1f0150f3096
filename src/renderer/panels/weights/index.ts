import type { Panel } from '../panels';
import Stage from './Stage.svelte';

export default { Stage } satisfies Panel;
