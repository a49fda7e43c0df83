/** What the playground says to its frame of another origin, and what a document in it may say first. */

/** To the frame, first of all: the one origin that it may show, for as long as it lives. */
export interface Admit {
  readonly type: "admit";
  readonly origin: string;
}

/** To the frame, then: which page. A port goes on to the page once that says `READY`. */
export interface Show {
  readonly type: "show";
  readonly url: string;
  readonly title: string;
  /** What the page may do, as of an iframe's `sandbox`. */
  readonly sandbox: string;
}

/** Of the frame to the playground, and of the dock to its frame: I listen. */
export const READY = "portico-ready";

/** What previews may do. They lie on another origin, so their own is theirs. */
export const PREVIEW_SANDBOX =
  "allow-scripts allow-same-origin allow-forms allow-modals allow-downloads allow-popups allow-popups-to-escape-sandbox";
/** What the dock needs. */
export const DOCK_SANDBOX = "allow-scripts allow-same-origin";
