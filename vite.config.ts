import { defineConfig } from "vite";

/** The web page; `npm start` builds it and serves what comes out. */
export default defineConfig({
  root: "web",
  base: "./",
  build: { outDir: "../dist-web", emptyOutDir: true, target: "es2022" },
});
