import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/*
 * The page is served from the root of its origin by both shells (http://127.0.0.1:port/ and app://earmark/), under a
 * policy that allows scripts, styles and fonts from that origin alone: nothing is inlined.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: "/",
  plugins: [react()],
  build: {
    outDir: "../build/renderer",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "chrome130",
    chunkSizeWarningLimit: 900,
    reportCompressedSize: false,
  },
});
