/** The editor: CodeMirror, put together by hand. Escape and then Tab leaves it. */
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import {
  defaultKeymap,
  history,
  historyKeymap,
  indentWithTab,
  isolateHistory,
  temporarilySetTabFocusMode,
} from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
  syntaxTree,
} from "@codemirror/language";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, Transaction } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { Place } from "../sandbox/protocol.ts";

export interface EditorEvents {
  onChange(): void;
  onRun(): void;
  onFormat(): void;
}

const color = (light: string, dark: string) => ({ color: `light-dark(${light}, ${dark})` });

const highlighting = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], ...color("#8a1f6b", "#ff9ad5") },
  { tag: [tags.string, tags.regexp, tags.special(tags.string)], ...color("#1b6335", "#a5d98f") },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], ...color("#8a4600", "#f2b36d") },
  { tag: tags.comment, ...color("#5b6672", "#93a3b1"), fontStyle: "italic" },
  {
    tag: [tags.function(tags.variableName), tags.function(tags.propertyName)],
    ...color("#14539a", "#8cc4ff"),
  },
  { tag: [tags.typeName, tags.className, tags.namespace], ...color("#0e6478", "#6fd6e8") },
  { tag: tags.propertyName, ...color("#2f4a66", "#c5d4e3") },
]);

const theme = EditorView.theme({
  "&": { backgroundColor: "transparent", color: "var(--text)", fontSize: "13px" },
  "&.cm-focused": { outline: "2px solid var(--focus)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--text)", paddingBottom: "2rem" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--soft)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "light-dark(#0e64780d, #5fd0e612)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "light-dark(#b9dff0, #24506a)",
  },
  ".cm-panels, .cm-tooltip": {
    backgroundColor: "var(--panel)",
    color: "var(--text)",
    borderColor: "var(--line)",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--accent)",
    color: "var(--on-accent)",
  },
  ".cm-matchingBracket": { backgroundColor: "var(--chosen) !important" },
});

export class Editor {
  readonly #view: EditorView;

  constructor(parent: HTMLElement, events: EditorEvents) {
    const run = () => {
      events.onRun();
      return true;
    };
    const format = () => {
      events.onFormat();
      return true;
    };
    this.#view = new EditorView({
      parent,
      extensions: [
        keymap.of([
          { key: "Mod-Enter", run },
          { key: "Mod-s", run: format, preventDefault: true },
          { key: "Escape", run: temporarilySetTabFocusMode },
        ]),
        lineNumbers(),
        highlightActiveLineGutter(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        EditorState.allowMultipleSelections.of(true),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        autocompletion(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        lintGutter(),
        javascript({ typescript: true }),
        syntaxHighlighting(highlighting),
        theme,
        EditorView.contentAttributes.of({
          tabindex: "0",
          "aria-label": "Program",
          "aria-describedby": "editor-hint",
        }),
        keymap.of([
          ...completionKeymap,
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...searchKeymap,
          ...historyKeymap,
          indentWithTab,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) events.onChange();
        }),
      ],
    });
  }

  get text(): string {
    return this.#view.state.doc.toString();
  }

  set text(text: string) {
    const { state } = this.#view;
    if (state.doc.toString() === text) return;
    this.#view.dispatch({
      changes: { from: 0, to: state.doc.length, insert: text },
      // Undo brings back what somebody had written, and not the empty editor of the beginning.
      annotations: [Transaction.addToHistory.of(state.doc.length > 0), isolateHistory.of("full")],
    });
  }

  get cursor(): number {
    return this.#view.state.selection.main.head;
  }

  /** New text for the same program, with the cursor where it belongs in it. */
  replace(text: string, cursor: number): void {
    const { state } = this.#view;
    this.#view.dispatch({
      changes: { from: 0, to: state.doc.length, insert: text },
      selection: { anchor: Math.min(cursor, text.length) },
      scrollIntoView: true,
    });
  }

  /** Marks where something is wrong. */
  showProblem(message: string, place: Place): void {
    const { state } = this.#view;
    const line = state.doc.line(Math.min(place.line, state.doc.lines));
    const from = Math.min(line.from + place.column - 1, line.to);
    const word = state.wordAt(from);
    const to = Math.min(Math.max(word?.to ?? 0, from + 1), line.to);
    const diagnostic: Diagnostic = { from: Math.min(from, to), to, severity: "error", message };
    this.#view.dispatch(setDiagnostics(state, [diagnostic]));
    this.#view.dispatch({ effects: EditorView.scrollIntoView(from, { y: "center" }) });
  }

  clearProblems(): void {
    this.#view.dispatch(setDiagnostics(this.#view.state, []));
  }

  goTo(place: Place): void {
    const { doc } = this.#view.state;
    const line = doc.line(Math.min(place.line, doc.lines));
    const anchor = Math.min(line.from + place.column - 1, line.to);
    this.#view.dispatch({
      selection: { anchor },
      effects: EditorView.scrollIntoView(anchor, { y: "center" }),
    });
    this.#view.focus();
  }

  /** Where the syntax tree has its first fault: engines do not say the line of one. */
  firstSyntaxFault(): Place | undefined {
    const { state } = this.#view;
    let at: number | undefined;
    syntaxTree(state).iterate({
      enter(node) {
        if (at === undefined && node.type.isError) at = node.from;
        return at === undefined;
      },
    });
    if (at === undefined) return undefined;
    const line = state.doc.lineAt(at);
    return { line: line.number, column: at - line.from + 1 };
  }
}
