/**
 * A frame inside a preview is a realm of its own: what the bridge takes out of the page is there in it, and no policy
 * holds WebRTC back. A frame could not load anything here, so none is needed, and each goes again before it has
 * begun: what navigates it comes in a later task than the observer. Shadow trees are watched one by one, so that
 * what makes them unseen (markup, copies) makes none.
 *
 * The page is hostile: what is called here is taken before the page's own scripts run.
 */
export function keepFramesOut(): void {
  const remove = Function.prototype.call.bind(Element.prototype.remove) as (element: Element) => void;
  const findIn = (prototype: ParentNode) => {
    const find = Function.prototype.call.bind(prototype.querySelector) as (
      root: ParentNode,
      selector: string,
    ) => Element | null;
    return (root: ParentNode) => () => find(root, "iframe, frame, object, embed");
  };
  const inShadow = findIn(DocumentFragment.prototype);
  const clear = (next: () => Element | null) => {
    for (let found = next(); found; found = next()) remove(found);
  };
  const Observer = MutationObserver;
  const observe = Function.prototype.call.bind(Observer.prototype.observe) as (
    observer: MutationObserver,
    root: Node,
    what: MutationObserverInit,
  ) => void;
  const watch = (root: Node, next: () => Element | null) => {
    observe(new Observer(() => clear(next)), root, { childList: true, subtree: true });
    clear(next);
  };
  watch(document, findIn(Document.prototype)(document));

  replace(Element.prototype, "attachShadow", (attach, [init]) => {
    const root = attach([{ ...(init as ShadowRootInit), clonable: false }]) as ShadowRoot;
    watch(root, inShadow(root));
    return root;
  });
  const lower = Function.prototype.call.bind(String.prototype.toLowerCase) as (text: string) => string;
  const indexOf = Function.prototype.call.bind(String.prototype.indexOf) as (
    in_: string,
    of: string,
  ) => number;
  const slice = Function.prototype.call.bind(String.prototype.slice) as (
    text: string,
    from: number,
  ) => string;
  let written = "";
  for (const name of ["write", "writeln"]) {
    replace(Document.prototype, name, (write, texts) => {
      for (let i = 0; i < texts.length; i++) {
        const text = `${texts[i]}`;
        // It may come in pieces.
        written = slice(written, -SHADOW_MARKUP.length) + lower(text);
        if (indexOf(written, SHADOW_MARKUP) >= 0) return;
        write([text]);
      }
      if (name === "writeln") write([""]);
    });
  }
  for (const owner of [Element.prototype, ShadowRoot.prototype])
    Reflect.deleteProperty(owner, "setHTMLUnsafe");
  Reflect.deleteProperty(Document, "parseHTMLUnsafe");
}

/** The attribute that makes a shadow tree of a template. */
const SHADOW_MARKUP = "shadowrootmode";

type Call = (given: readonly unknown[]) => unknown;

function replace(
  owner: object,
  name: string,
  by: (original: Call, given: readonly unknown[]) => unknown,
): void {
  const method: unknown = Reflect.get(owner, name);
  if (typeof method !== "function") return;
  const { apply } = Reflect;
  Object.defineProperty(owner, name, {
    value(...given: unknown[]) {
      return by((its) => apply(method, this, its), given);
    },
  });
}
