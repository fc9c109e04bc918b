import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Stands in `index.html` where the server puts the nonce of each answer (Content-Security-Policy). */
export const noncePlaceholder = '{{csp-nonce}}';

/**
 * Vite settings that the three portals share.
 * @param {string} base where the portal is served, with a slash at both ends: `/publisher/`
 */
export function portalConfig(base) {
  return defineConfig({
    base,
    plugins: [react(), compressed()],
    html: { cspNonce: noncePlaceholder },
    build: {
      outDir: 'dist',
      target: 'es2023',
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 700,
    },
    server: {
      proxy: Object.fromEntries(
        ['/api', '/scim2', '/oauth2', `${base}services`].map((path) => [
          path,
          { target: 'https://localhost:9443', secure: false, changeOrigin: true },
        ]),
      ),
    },
  });
}

/** Writes `.br` and `.gz` beside every text file once, so that the server compresses nothing per request. */
function compressed() {
  return {
    name: 'tollgate-compressed',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const [name, file] of Object.entries(bundle)) {
          if (!/\.(js|css|svg|json)$/.test(name)) continue;
          const bytes = Buffer.from(file.type === 'chunk' ? file.code : file.source);
          const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
          this.emitFile({ type: 'asset', fileName: `${name}.br`, source: brotliCompressSync(bytes, quality) });
          this.emitFile({ type: 'asset', fileName: `${name}.gz`, source: gzipSync(bytes, { level: 9 }) });
        }
      },
    },
  };
}
