import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const root = import.meta.dirname;

export default defineConfig({
  root,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // The pages are served under `default-src 'self'`: nothing may become a data: address.
    assetsInlineLimit: 0,
    rolldownOptions: { input: ['index', 'cuisine', 'snack', 'live'].map((page) => join(root, `${page}.html`)) },
  },
});
