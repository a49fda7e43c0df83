import { defineConfig } from "vite";
import {
  compressedNeighbours,
  embedScript,
  offlineWorker,
  pageHeaders,
  pagePolicy,
  sandboxTexts,
  sharedBody,
} from "./scripts/web-build.mjs";
import { FRAME_SCRIPT } from "./web/sandbox/frame.ts";

/** The playground and its pages; `npm start` builds them and serves what comes out. */
export default defineConfig({
  root: "web",
  base: "./",
  plugins: [
    sandboxTexts(),
    sharedBody(),
    pageHeaders(pagePolicy(FRAME_SCRIPT)),
    embedScript(),
    offlineWorker(),
    compressedNeighbours(),
  ],
  build: {
    outDir: "../dist-web",
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 2000,
    rolldownOptions: { input: ["web/index.html", "web/embed.html", "web/node.html", "web/preview.html"] },
  },
});
