/** `<http-playground>`: code with a Run button; pressed, the playground takes the code's place. */
import { frameAddress, scriptAddress } from "./address.ts";
import { codeIn } from "./code.ts";
import { readFromFrame, THEMES, type Theme, type ToFrame } from "./messages.ts";
import { STYLE } from "./style.ts";
import { themeAround } from "./theme.ts";

type State = "idle" | "loading" | "ready" | "failed";

/** A playground that says nothing for so long is not there. */
const LOAD_MS = 20_000;
const DEFAULT_HEIGHT = "440px";

/** Where the script came from; only known while it is evaluated. */
const origin = scriptAddress();

/** Node has no elements, and pages that are rendered there import this module all the same. */
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/**
 * A playground in any page. What stands in the element is the code; it is shown until the reader presses Run, and
 * nothing is loaded before.
 *
 * | attribute | what it says | default |
 * |---|---|---|
 * | `example` | name of one of the playground's examples; its requests are offered, and its code where the element is empty | none |
 * | `view` | panels, out of `code request response wire preview console`, between spaces or commas | `code response` |
 * | `height` | of the frame: pixels, or a length of CSS | `440` |
 * | `theme` | `light` or `dark`; anything else follows the page, and its toggle | follows |
 * | `request` | what Run sends: method and path, `POST /notes`, or `none` for programs that send their own | the example's first, or `GET /` |
 * | `base` | URL of the playground's folder | where the script came from |
 * | `label` | what assistive technology calls it | `Playground` and the example's name |
 *
 * It fires `ready` when the playground is there, and `error` when it could not be loaded; the text says why, Run tries again.
 *
 * @example
 * ```html
 * <script async src="https://playground.example/embed.js"></script>
 * <http-playground example="hello" view="code wire response" height="480"></http-playground>
 * ```
 */
export class HttpPlayground extends Base {
  static readonly observedAttributes = ["example", "view", "height", "theme", "request", "base", "label"];

  #parts: Parts | undefined;
  #state: State = "idle";
  #frame: HTMLIFrameElement | undefined;
  /** The code that runs. */
  #code = "";
  #patience: ReturnType<typeof setTimeout> | undefined;
  /** Counts the loadings: what an older one still does is nothing to this one. */
  #loading = 0;

  connectedCallback(): void {
    this.#parts ??= this.#build();
    this.#describe();
    this.#showTheme();
    addEventListener("message", this.#onMessage);
    addEventListener("securitypolicyviolation", this.#onViolation);
  }

  /** `moveBefore` keeps the frame, and what runs in it. */
  connectedMoveCallback(): void {
    this.#showTheme();
  }

  disconnectedCallback(): void {
    removeEventListener("message", this.#onMessage);
    removeEventListener("securitypolicyviolation", this.#onViolation);
    this.#unload("idle");
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after || !this.#parts) return;
    this.#describe();
    if (name === "theme") this.#showTheme();
    else if (name !== "height" && name !== "label") this.#unload("idle");
  }

  /**
   * Loads the playground and runs the code, as the button does. It resolves when the frame's address is set; `ready` and
   * `error` tell what came of it.
   */
  async run(): Promise<void> {
    if (this.#state === "ready") return this.#tell({ type: "portico-run" });
    if (this.#state === "loading" || !this.isConnected) return;
    const loading = ++this.#loading;
    this.#become("loading", "Loading the playground …");
    const base = this.getAttribute("base") ?? origin;
    const code = codeIn(this);
    this.#code = code;
    try {
      if (base === undefined) throw new TypeError("the attribute base has to say where one is");
      const address = await frameAddress(base, {
        example: this.getAttribute("example"),
        view: this.getAttribute("view"),
        request: this.getAttribute("request"),
        theme: this.#theme,
        nth: [...document.querySelectorAll(this.localName)].indexOf(this) + 1,
        code,
      });
      if (loading === this.#loading) this.#load(address);
    } catch (error) {
      if (loading === this.#loading) this.#fail(error instanceof Error ? error.message : "it failed");
    }
  }

  #load(address: string): void {
    const frame = document.createElement("iframe");
    frame.title = this.#label;
    frame.allow = "clipboard-write";
    frame.src = address;
    this.#frame = frame;
    this.#parts?.box.append(frame);
    this.#patience = setTimeout(() => this.#fail("it did not answer"), LOAD_MS);
  }

  #fail(reason: string): void {
    this.#unload("failed", `The playground could not be loaded: ${reason}.`);
    this.dispatchEvent(new Event("error"));
  }

  #unload(state: State, status = ""): void {
    this.#loading++;
    clearTimeout(this.#patience);
    this.#frame?.remove();
    this.#frame = undefined;
    this.#become(state, status);
  }

  readonly #onMessage = ({ source, data }: MessageEvent<unknown>): void => {
    if (this.#state !== "loading" || !this.#frame || source !== this.#frame.contentWindow) return;
    if (!readFromFrame(data)) return;
    clearTimeout(this.#patience);
    // Who pressed the button with the keyboard goes on from where it was.
    const focused = this.shadowRoot?.activeElement === this.#parts?.button;
    this.#become("ready", "");
    if (focused) this.#frame.focus();
    this.#tell({ type: "portico-theme", theme: this.#theme });
    this.#tell({ type: "portico-run" });
    this.dispatchEvent(new Event("ready"));
  };

  /** No event of a frame tells that the page's policy forbids it. */
  readonly #onViolation = ({ blockedURI, disposition }: SecurityPolicyViolationEvent): void => {
    if (this.#state !== "loading" || !this.#frame || disposition !== "enforce") return;
    const { origin, href } = new URL(this.#frame.src);
    if (blockedURI === origin || blockedURI === href.replace(/#.*/, ""))
      this.#fail(`this page's Content-Security-Policy needs frame-src ${origin}`);
  };

  #tell(message: ToFrame): void {
    if (this.#state === "ready") this.#frame?.contentWindow?.postMessage(message, "*");
  }

  get #label(): string {
    const example = this.getAttribute("example");
    return this.getAttribute("label") ?? (example ? `Playground: ${example}` : "Playground");
  }

  get #theme(): Theme {
    return THEMES.find((theme) => theme === this.getAttribute("theme")) ?? themeAround(this);
  }

  #showTheme(): void {
    if (!this.#parts) return;
    const theme = this.#theme;
    this.#parts.box.dataset.theme = theme;
    this.#tell({ type: "portico-theme", theme });
  }

  #become(state: State, status: string): void {
    this.#state = state;
    if (!this.#parts) return;
    this.#parts.box.dataset.state = state;
    this.#parts.status.textContent = status;
  }

  #build(): Parts {
    const box = create("div", { class: "box", role: "group", "data-state": "idle" });
    const code = create("div", { class: "code", role: "group", "aria-label": "Code" });
    const button = create("button", { type: "button" }, "Run");
    const status = create("span", { role: "status" });
    const slot = create("slot");
    const text = create("pre");
    code.append(slot, text);
    box.append(code, create("div", { class: "bar" }, button, status));
    const shadow = this.attachShadow({ mode: "open" });
    // No style element: the page's policy may forbid those.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(box);
    button.addEventListener("click", () => void this.run());
    box.addEventListener("transitionend", ({ target, propertyName }) => {
      if (target === box && propertyName === "color") this.#showTheme();
    });
    // More than `slotchange` tells: parsers and frameworks write on in a text that is there.
    new MutationObserver(() => {
      this.#describe();
      // What is the page's to show now is not what runs. Who colours code leaves its text as it is.
      const runs = this.#state === "loading" || this.#state === "ready";
      if (runs && codeIn(this) !== this.#code) this.#unload("idle");
    }).observe(this, { childList: true, characterData: true, subtree: true });
    // Code that is wider than its box is scrolled by the keyboard, too.
    new ResizeObserver(() => {
      if (code.scrollWidth > code.clientWidth) code.tabIndex = 0;
      else code.removeAttribute("tabindex");
    }).observe(code);
    return { box, code, slot, text, button, status };
  }

  /** What is in the element as it is, where it has a `<pre>`; else its text, without the page's indentation. */
  #describe(): void {
    if (!this.#parts) return;
    const { box, code, slot, text } = this.#parts;
    box.setAttribute("aria-label", this.#label);
    box.style.setProperty("--height", lengthOf(this.getAttribute("height")));
    if (this.#frame) this.#frame.title = this.#label;
    const own = this.querySelector("pre") !== null;
    slot.hidden = !own;
    text.hidden = own;
    slot.style.display = own ? "contents" : "none";
    text.textContent = own ? "" : codeIn(this);
    code.hidden = !own && text.textContent === "";
  }
}

interface Parts {
  readonly box: HTMLElement;
  readonly code: HTMLElement;
  readonly slot: HTMLSlotElement;
  readonly text: HTMLElement;
  readonly button: HTMLButtonElement;
  readonly status: HTMLElement;
}

function create<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** A height as CSS has it: a bare number is of pixels, and nonsense is the default. */
function lengthOf(height: string | null): string {
  const text = (height ?? "").trim();
  const length = /^\d+(\.\d+)?$/.test(text) ? `${text}px` : text;
  return length !== "" && CSS.supports("height", length) ? length : DEFAULT_HEIGHT;
}
