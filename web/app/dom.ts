/** The few helpers that building a page by hand needs. */

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A new element. A `true` attribute is there without a value, `false` and `undefined` ones are not. */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  setAll(element, attributes);
  element.append(...children);
  return element;
}

/** A new element of SVG. */
export function s<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): SVGElementTagNameMap[Name] {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  setAll(element, attributes);
  element.append(...children);
  return element;
}

function setAll(element: Element, attributes: Attributes): void {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(key, value === true ? "" : String(value));
  }
}

/** The element of the page with an id. */
export function byId<Type extends HTMLElement>(id: string, type: new () => Type): Type {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`The page has no ${type.name} #${id}`);
  return element;
}

export function button(id: string, onClick: () => void): HTMLButtonElement {
  const element = byId(id, HTMLButtonElement);
  element.addEventListener("click", onClick);
  return element;
}

/** Buttons of which one is pressed. */
export function choice<Value extends string>(
  ids: Readonly<Record<Value, string>>,
  onChoose: (value: Value) => void,
): (value: Value) => void {
  const entries = Object.entries(ids) as [Value, string][];
  const press = (chosen: Value) => {
    for (const [value, id] of entries) byId(id, HTMLButtonElement).ariaPressed = String(value === chosen);
  };
  for (const [value, id] of entries) {
    button(id, () => {
      press(value);
      onChoose(value);
    });
  }
  return press;
}

/** Calls back at most once a frame. */
export function eachFrame(callback: () => void): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      callback();
    });
  };
}

/** Says something to who listens to the page instead of seeing it. */
export function announce(text: string): void {
  const announcer = byId("announcer", HTMLElement);
  announcer.textContent = announcer.textContent === text ? `${text}\u00a0` : text;
}

/** Runs what nobody waits for when the page has nothing else to do; Safari does not say when that is. */
export function whenIdle(work: () => void): void {
  if (typeof requestIdleCallback === "function") requestIdleCallback(work);
  else setTimeout(work, 200);
}
