/** The playground's parts and how they act together. */
import { VirtualNetwork } from "../../src/adapters/virtual/network.ts";
import { tapNetwork } from "../../src/socket/tap.ts";
import { Editor } from "../editor/editor.ts";
import type { Formatted } from "../editor/format.ts";
import type { EngineKind } from "../engine/engine.ts";
import { joined } from "../http/bytes.ts";
import { requestBytes } from "../http/draft.ts";
import { Exchange } from "../http/exchange.ts";
import { ConditionsPanel } from "../panels/conditions-panel.ts";
import { ConsolePanel } from "../panels/console-panel.ts";
import { EnginePanel } from "../panels/engine-panel.ts";
import { RequestPanel } from "../panels/request-panel.ts";
import { ResponsePanel, summaryOf } from "../panels/response-panel.ts";
import { PreviewPanel } from "../preview/panel.ts";
import type { Place } from "../sandbox/protocol.ts";
import { Recorder } from "../wire/recorder.ts";
import { WirePanel } from "../wire/wire-panel.ts";
import { announce, button, byId, h, whenIdle } from "./dom.ts";
import { engineLadder, openIsolated, wakeUp, wasMovedHere } from "./engines.ts";
import { exampleNamed, examples, programOf } from "./examples.ts";
import { notice } from "./notice.ts";
import type { Program } from "./program.ts";
import { Session, type SessionState } from "./session.ts";
import { conditionsOf } from "./settings.ts";
import { openHash } from "./share.ts";
import { type Panel, setUpTabs } from "./tabs.ts";
import { download, share } from "./take-away.ts";

/** Sockets on the playground's network, those of the program included. */
const MAX_SOCKETS = 2000;

export class Playground {
  readonly #network = new VirtualNetwork({ maxSockets: MAX_SOCKETS, seed: 7 });
  readonly #recorder = new Recorder(() => this.#wire.changed());
  readonly #tapped = tapNetwork(this.#network, (event) => this.#recorder.observe(event));
  readonly #ladder = engineLadder(this.#tapped, () => this.#onEngine());
  readonly #wire = new WirePanel(() => this.#recorder);
  readonly #console = new ConsolePanel((place) => {
    this.#showPanel("Editor");
    this.#editor.goTo(place);
  });
  readonly #conditions = new ConditionsPanel((settings) => {
    this.#network.conditions = conditionsOf(settings);
  });
  readonly #editor = new Editor(byId("editor", HTMLElement), {
    onChange: () => this.#editor.clearProblems(),
    onRun: () => void this.run(),
    onFormat: () => void this.#format(),
  });
  readonly #request = new RequestPanel({
    onSend: () => void this.send(),
    onHangUp: () => this.#exchange?.hangUp(),
  });
  readonly #response = new ResponsePanel();
  readonly #preview = new PreviewPanel(
    this.#tapped,
    () => this.#request.port,
    () => this.#ladder.engine.pages,
  );
  readonly #enginePanel = new EnginePanel({
    onChoose: (kind) => void this.#choose(kind),
    onAgain: () => void this.#ladder.retry(),
  });
  readonly #showPanel: (panel: Panel) => void = setUpTabs();
  readonly #example = byId("example", HTMLSelectElement);
  readonly #stop: HTMLButtonElement;
  readonly #session = new Session(() => this.#ladder.engine, {
    onConsole: (entries, dropped) => this.#console.write(entries, dropped),
    onFailure: (text, place) => this.#onFailure(text, place),
    onEnd: (reason) => this.#onEnd(reason),
    onState: (state) => this.#onState(state),
    onPorts: (ports) => {
      this.#request.ports = ports;
    },
  });
  #exchange: Exchange | undefined;
  #previewed: Exchange | undefined;
  #exampleName: string | undefined;
  /** Where the shown program came from, to go back to. */
  #origin: Program | undefined;
  /** Counts the programs that were shown: what was begun for one is nothing to the next. */
  #shown = 0;

  constructor() {
    button("run", () => {
      this.#bring("Response");
      void this.run();
    });
    this.#stop = button("stop", () => {
      this.#session.stop();
      this.#console.note("stopped");
    });
    button("format", () => void this.#format());
    button("share", () => void share(this.program));
    button("reset", () => this.#origin && this.show(this.#origin));
    button("download", () => void download(this.program));
    this.#example.append(...examples.map(({ name, title }) => h("option", { value: name }, title)));
    this.#example.addEventListener("change", () => {
      location.hash = `#example=${this.#example.value}`;
    });
    addEventListener("keydown", (event) => this.#onKey(event));
    this.#onState("stopped");
    whenIdle(() => void this.#ladder.engine.prepare?.().catch(() => {}));
    void wakeUp(this.#ladder);
  }

  /** Shows what the location's hash names, or the first example. */
  async open(): Promise<void> {
    const opened = await openHash(location.hash);
    const first = examples[0];
    notice(undefined);
    this.#request.paused = false;
    if (opened.type === "program") {
      this.show(opened.program);
      if (wasMovedHere()) {
        notice("Boot starts Node in this page. The runtime comes from the host of WebContainers.");
        return;
      }
      this.#request.paused = true;
      notice("This code came with a link and is not running. Read it, then press Run.");
      return;
    }
    const named = opened.type === "example" ? exampleNamed(opened.name) : first;
    const shown = named ?? first;
    if (shown) this.show(programOf(shown));
    if (opened.type === "broken") notice(`This link is broken: ${opened.reason}.`);
    else if (!named) notice("There is no such example.");
  }

  /** @param sending a request is wanted, in the raw mode as well */
  async run(sending = false): Promise<void> {
    const { draft } = this.#request; // what stands there now, not what is written while the program starts
    const { text } = this.#editor;
    const shown = this.#shown;
    notice(undefined);
    this.#request.paused = false;
    this.#exchange?.hangUp();
    this.#exchange = undefined;
    this.#console.clear();
    this.#editor.clearProblems();
    await this.#ladder.settled(); // who has chosen an engine wants to run on it
    if (shown !== this.#shown) return; // a link was followed meanwhile: nobody has said that its code may run
    try {
      await this.#session.start(text);
    } catch (error) {
      const { place } = error as { place?: Place };
      this.#onFailure(error instanceof Error ? error.message : String(error), place);
      return;
    }
    const port = await this.#session.listening();
    if (port !== undefined && (sending || draft.mode === "form")) await this.send(draft);
  }

  async send(draft = this.#request.draft): Promise<void> {
    const { state } = this.#session;
    if (state === "stopped" || state === "ended") return this.run(true);
    const port = this.#request.port ?? (await this.#session.listening());
    if (port === undefined) {
      if (this.#session.state === "running") this.#console.note("The program does not listen on any port.");
      return;
    }
    this.#exchange?.hangUp();
    const exchange = Exchange.send(this.#tapped, port, requestBytes(draft, port), () =>
      this.#onExchange(exchange),
    );
    this.#exchange = exchange;
    this.#request.sending = true;
    this.#response.show(exchange);
  }

  #onExchange(exchange: Exchange): void {
    if (exchange !== this.#exchange) return;
    this.#response.changed();
    if (!exchange.over) return;
    this.#request.sending = false;
    announce(summaryOf(exchange));
    this.#showPage(exchange);
  }

  /** A page that came is shown as one, once. */
  #showPage(exchange: Exchange): void {
    const reply = exchange.replies.at(-1);
    const type = reply?.head.headers.get("Content-Type") ?? "";
    const port = this.#request.port;
    if (exchange === this.#previewed || exchange.state !== "done" || !reply || port === undefined) return;
    this.#previewed = exchange;
    if (!/html/i.test(type) || reply.bodyBytes === 0 || reply.head.headers.has("Content-Encoding")) return;
    const { mode, method, path } = this.#request.draft;
    // A real URL is requested again, so only where that is the same request.
    if (this.#ladder.engine.pages && (mode === "raw" || method !== "GET")) return;
    const url = URL.parse(mode === "form" ? path : "/", `http://localhost:${port}/`);
    if (url) void this.#preview.show(joined(reply.body), type, url);
  }

  show(program: Program): void {
    this.#shown++;
    this.#session.stop();
    this.#exchange?.hangUp();
    this.#exchange = undefined;
    this.#origin = program;
    this.#exampleName = program.example;
    this.#editor.text = program.code;
    this.#editor.clearProblems();
    this.#request.draft = program.request;
    this.#request.showPresets(exampleNamed(program.example)?.requests ?? []);
    this.#conditions.settings = program.settings;
    this.#example.value = exampleNamed(program.example) ? (program.example ?? "") : "";
    this.#console.clear();
    this.#response.clear();
    this.#preview.clear();
    this.#recorder.clear();
  }

  get program(): Program {
    return {
      example: this.#exampleName,
      code: this.#editor.text,
      request: this.#request.draft,
      settings: this.#conditions.settings,
    };
  }

  #onFailure(text: string, place: Place | undefined): void {
    const found = place ?? (text.startsWith("SyntaxError") ? this.#editor.firstSyntaxFault() : undefined);
    this.#console.fail(text, found);
    if (!this.#exchange) this.#bring("Console");
    if (found) this.#editor.showProblem(text, found);
    announce(found ? `${text}, line ${found.line}` : text);
  }

  /** Where panels are tabs, shows what a press of Run came to; who is at work in a panel stays there. */
  #bring(panel: Panel): void {
    if (!document.activeElement?.closest("section")) this.#showPanel(panel);
  }

  #onEnd(reason: string): void {
    this.#console.fail(`The program was ended: ${reason}.`, undefined);
    announce(`The program was ended: ${reason}`);
  }

  #onState(state: SessionState): void {
    this.#showEngine();
    this.#stop.disabled = state !== "running" && state !== "starting";
  }

  #showEngine(): void {
    this.#enginePanel.show(this.#ladder.engine.kind, this.#ladder.state, this.#session.state);
  }

  /** Another engine is in use, or the one that is wanted does not come. */
  #onEngine(): void {
    if (this.#session.engine !== this.#ladder.engine) {
      this.#session.stop();
      this.#preview.clear();
    }
    this.#showEngine();
  }

  async #choose(kind: EngineKind): Promise<void> {
    if (kind === "WebContainer" && !crossOriginIsolated) await openIsolated(this.program);
    else await this.#ladder.want(kind);
  }

  async #format(): Promise<void> {
    const loaded = await import("../editor/format.ts").catch(() => undefined);
    if (!loaded)
      return notice("Formatting needs a part of the playground that can't be had without a network.");
    const shown = this.#shown;
    let text: string;
    let result: Formatted;
    do {
      ({ text } = this.#editor);
      result = await loaded.format(text, this.#editor.cursor);
      if (shown !== this.#shown) return;
    } while (text !== this.#editor.text); // it was written on meanwhile
    if ("problem" in result) {
      this.#onFailure(result.problem, result.place);
      return;
    }
    this.#editor.replace(result.text, result.cursor);
    announce("Formatted");
  }

  /** The keys that hold everywhere; the editor has its own for the same. */
  #onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.key === "Enter") void this.run();
    else if (event.key === "s") void this.#format();
    else return;
    event.preventDefault();
  }
}
