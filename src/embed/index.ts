/**
 * `portico/embed`: importing it defines `<http-playground>`, the playground in anybody's page. On a platform without
 * elements it does nothing. The same as one script is `embed.js` beside a playground.
 *
 * @example
 * ```ts
 * import "portico/embed";
 *
 * const playground = document.createElement("http-playground");
 * playground.setAttribute("base", "https://playground.example/");
 * playground.setAttribute("example", "hello");
 * document.body.append(playground);
 * ```
 */
import { HttpPlayground } from "./element.ts";

if (typeof customElements !== "undefined" && !customElements.get("http-playground"))
  customElements.define("http-playground", HttpPlayground);

declare global {
  interface HTMLElementTagNameMap {
    "http-playground": HttpPlayground;
  }
}

export { HttpPlayground };
