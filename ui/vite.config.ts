// One page, relative paths and no inline script: the window's CSP allows nothing else.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  base: './',
  build: {
    target: ['chrome110', 'safari16.4'],
    modulePreload: { polyfill: false },
    // Icons stay in their components; a data: script or font would not pass the CSP.
    assetsInlineLimit: 0,
  },
  // Vitest runs components in jsdom, so it must take Svelte's browser half.
  resolve: mode === 'test' ? { conditions: ['browser'] } : {},
  // What the wizard hands over is agreed to outside of this folder.
  server: { fs: { allow: ['.', '../tests/hand_over'] } },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['./vitest.setup.ts'],
    // Tests of contrast read the tokens.
    css: { include: [/theme\.css/] },
    // A machine that builds at the same time needs seconds for a whole window.
    testTimeout: 20_000,
  },
}));
