import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** Options of the plugin. */
export interface PorticoPluginOptions {
  /** Where the worker's file is served, below Vite's `base`, without a slash before it. Default `"portico-sw.js"`. */
  readonly fileName?: string;
}

/** The part of Vite's plugin interface that is used: there is nothing to install for the types. */
export interface PorticoPlugin {
  readonly name: string;
  configResolved(config: { readonly base: string }): void;
  configureServer(server: { readonly middlewares: { use(handler: Middleware): unknown } }): void;
  generateBundle(this: {
    emitFile(file: { type: "asset"; fileName: string; source: string }): string;
  }): Promise<void>;
}

type Middleware = (
  request: { readonly url?: string | undefined },
  response: { setHeader(name: string, value: string): unknown; end(body: string): unknown },
  next: (error?: unknown) => void,
) => void;

/**
 * A Vite plugin that serves `portico-sw.js`, the service worker of `exposeNetwork`, in development and adds it
 * to a build.
 *
 * @throws TypeError for a `fileName` that is not below `base`
 * @example
 * ```ts
 * // vite.config.ts
 * import { porticoWorker } from "portico/vite";
 * import { defineConfig } from "vite";
 *
 * export default defineConfig({ plugins: [porticoWorker()] });
 * ```
 */
export function porticoWorker({ fileName = "portico-sw.js" }: PorticoPluginOptions = {}): PorticoPlugin {
  if (typeof fileName !== "string" || fileName.split("/").some((part) => /^\.{0,2}$/.test(part))) {
    throw new TypeError(
      `fileName must be a path below Vite's base such as "portico-sw.js", got ${String(fileName)}`,
    );
  }
  let path = `/${fileName}`;
  return {
    name: "portico:worker",
    configResolved({ base }) {
      // A relative base ("", "./") is the root while developing.
      path = `${base.startsWith("/") ? base : "/"}${fileName}`;
    },
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        if (request.url?.split("?", 1)[0] !== path) {
          next();
          return;
        }
        readWorker().then((source) => {
          response.setHeader("Content-Type", "text/javascript");
          response.setHeader("Cache-Control", "no-cache");
          response.end(source);
        }, next);
      });
    },
    async generateBundle() {
      this.emitFile({ type: "asset", fileName, source: await readWorker() });
    },
  };
}

/** The file lies beside this one in `dist/`. */
function readWorker(): Promise<string> {
  return readFile(fileURLToPath(new URL("./portico-sw.js", import.meta.url)), "utf8");
}
