import { resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

const root = import.meta.dirname;
const repository = resolve(root, '../../..');

/** Pictures of the mock host: a drawn scene per id, grainier where it stands for an attacked one. */
const media: Plugin = {
  name: 'mock-media',
  configureServer(server) {
    server.middlewares.use((request, response, next) => {
      const [, kind, name = ''] = /^\/media\/(\w+)\/(.+)$/.exec(request.url ?? '') ?? [];
      if (!kind) {
        next();
        return;
      }
      if (kind === 'bench') {
        response.end(pixels(name));
        return;
      }
      const id = Number(/(\d+)$/.exec(name)?.[1] ?? 0);
      response.setHeader('content-type', 'image/svg+xml');
      response.end(scene(id, kind === 'adversarial'));
    });
  },
};

/** A grainy slope of 500 x 500; the attacked one has moved by up to two grey levels. */
function pixels(name: string): Uint8Array {
  const clean = Uint8Array.from({ length: 500 * 500 * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % 500, Math.floor(i / 1500)];
    return 60 + ((x * y) % 23) + (x + y * (i % 3)) / 12;
  });
  if (!name.startsWith('attacked')) return clean;
  const attacked = Float32Array.from(clean, (v, i) => (v + (i % 7 < 3 ? 2 : -2)) / 255);
  return new Uint8Array(attacked.buffer);
}

function scene(id: number, grainy: boolean): string {
  const hue = (id * 47) % 360;
  const sun = 60 + ((id * 31) % 380);
  const hills = 260 + ((id * 17) % 120);
  const grain = grainy
    ? '<filter id="g"><feTurbulence baseFrequency="0.8" numOctaves="2"/><feColorMatrix values="0 0 0 0 .5 0 0 0 0 .5 0 0 0 0 .5 .4 0 0 0 0"/></filter><rect width="500" height="500" filter="url(#g)" opacity=".25"/>'
    : '';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="500" height="500" viewBox="0 0 500 500"><defs><linearGradient id="s" x2="0" y2="1"><stop stop-color="hsl(${hue} 45% 72%)"/><stop offset="1" stop-color="hsl(${(hue + 40) % 360} 50% 90%)"/></linearGradient></defs><rect width="500" height="500" fill="url(#s)"/><circle cx="${sun}" cy="120" r="46" fill="hsl(${(hue + 180) % 360} 60% 85%)"/><path d="M0 ${hills}Q130 ${hills - 120} 260 ${hills}T500 ${hills - 40}V500H0Z" fill="hsl(${(hue + 90) % 360} 28% 38%)"/><path d="M0 ${hills + 70}Q180 ${hills} 500 ${hills + 60}V500H0Z" fill="hsl(${(hue + 110) % 360} 30% 26%)"/>${grain}</svg>`;
}

/** `vite --config test/renderer/mock/vite.config.ts`: every screen without a host. */
export default defineConfig({
  root,
  plugins: [svelte(), media],
  resolve: { alias: { '@shared': resolve(repository, 'src/shared') } },
  server: { fs: { allow: [repository] } },
});
