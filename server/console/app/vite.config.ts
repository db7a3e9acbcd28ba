import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  plugins: [react()],
  // The server puts a new one in its place for each answer.
  html: { cspNonce: '__NONCE__' },
  build: {
    outDir: '../../../dist/server/console/app',
    emptyOutDir: true,
    // Nothing as a data: address, which the policy would have to allow for everything.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8090' } },
});
