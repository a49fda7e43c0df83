import { defineConfig } from "vite";
import { isolatedPages, previewOrigin } from "./scripts/engine-pages.mjs";
import { porticoPackage } from "./scripts/portico-package.mjs";
import {
  compressedNeighbours,
  embedScript,
  offlineWorker,
  pageHeaders,
  pagePolicy,
  sandboxTexts,
  sharedBody,
} from "./scripts/web-build.mjs";
import { PREVIEW_POLICY } from "./web/preview-origin/policy.ts";
import { FRAME_SCRIPT } from "./web/sandbox/frame.ts";

/** The playground and its pages; `npm start` builds them and serves what comes out. */
export default defineConfig({
  root: "web",
  base: "./",
  plugins: [
    sandboxTexts(),
    porticoPackage(),
    sharedBody(),
    pageHeaders(pagePolicy(FRAME_SCRIPT)),
    embedScript(),
    previewOrigin(PREVIEW_POLICY),
    isolatedPages(),
    offlineWorker(),
    compressedNeighbours(),
  ],
  build: {
    outDir: "../dist-web",
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: ["index", "embed", "embed-demo", "node", "preview", "frame", "boot"].map(
        (name) => `web/${name}.html`,
      ),
    },
  },
});
