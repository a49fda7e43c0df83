/** The style sheet of the shadow tree. Colours that are not the page's own are legible on both themes (WCAG AA). */
export const STYLE = `
:host {
  display: block;
  margin: 1em 0;
}
:host([hidden]) {
  display: none;
}
.box {
  position: relative;
  border: 1px solid color-mix(in srgb, currentColor 25%, transparent);
  border-radius: 8px;
  overflow: hidden;
  transition: color 1ms; /* tells when the page's theme changes */
}
.code {
  overflow: auto;
  direction: ltr; /* whatever is written around it */
  text-align: start;
}
.code:focus-visible {
  outline: 2px solid;
  outline-offset: -2px;
}
pre {
  margin: 0;
  padding: 0.8em 1em;
  font: 0.875em / 1.55 ui-monospace, Menlo, Consolas, monospace;
  tab-size: 2;
}
::slotted(*) {
  margin: 0 !important;
}
.bar {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.3em 0.8em;
  padding: 0.45em 0.7em;
  font: 14px / 1.4 system-ui, sans-serif;
  border-top: 1px solid color-mix(in srgb, currentColor 25%, transparent);
}
button {
  font: inherit;
  font-weight: 600;
  padding: 0.25em 1.1em;
  border: 1px solid transparent;
  border-radius: 6px;
  background: #0e6478;
  color: #fff;
  cursor: pointer;
}
button:hover {
  background: #0b5061;
}
button:focus-visible {
  outline: 2px solid;
  outline-offset: 2px;
}
[data-theme="dark"] button {
  background: #5fd0e6;
  color: #06222a;
}
[data-theme="dark"] button:hover {
  background: #8adff0;
}
.box[data-state="loading"] {
  min-height: var(--height);
}
iframe {
  display: block;
  width: 100%;
  height: var(--height);
  border: 0;
}
.box[data-state="loading"] iframe {
  position: absolute;
  inset: 0;
  visibility: hidden;
}
.box[data-state="ready"] > :not(iframe) {
  display: none;
}
`;
