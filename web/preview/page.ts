/**
 * A page of the program as one document that needs no network: what it refers to is fetched over the virtual
 * network and put into it. The bridge comes in front of everything.
 */

export interface Fetched {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** Resources fetched for a page, and their bytes together. */
const MAX_RESOURCES = 40;
const MAX_BYTES = 4_000_000;

/**
 * @param html the page as it came
 * @param address where it came from
 * @param bridge the script that runs before the page's own
 * @param load fetches another path of the same server
 */
export async function standalonePage(
  html: string,
  address: URL,
  script: string,
  load: (url: URL) => Promise<Fetched>,
): Promise<string> {
  const page = new DOMParser().parseFromString(withoutHandlers(html), "text/html");
  const base = new URL(page.querySelector("base[href]")?.getAttribute("href") ?? "", address);
  let bytes = 0;
  const fetched = async (element: Element, attribute: string) => {
    const url = URL.parse(element.getAttribute(attribute) ?? "", base);
    const resource = url?.host === address.host ? await load(url).catch(() => undefined) : undefined;
    bytes += resource?.bytes.length ?? 0;
    return bytes <= MAX_BYTES ? resource : undefined;
  };
  const embed = async (element: Element) => {
    if (element.localName === "link") {
      const sheet = await fetched(element, "href");
      const style = page.createElement("style");
      style.textContent = new TextDecoder().decode(sheet?.bytes);
      element.replaceWith(style);
    } else {
      const resource = await fetched(element, "src");
      if (resource) element.setAttribute("src", dataUrl(resource));
    }
  };
  const resources = page.querySelectorAll(
    "link[rel~=stylesheet][href], script[src], img[src], audio[src], video[src], source[src]",
  );
  await Promise.all([...resources].slice(0, MAX_RESOURCES).map(embed));
  for (const other of page.querySelectorAll("base")) other.remove();
  for (const field of page.querySelectorAll("[autofocus]")) field.removeAttribute("autofocus");
  for (const refresh of page.querySelectorAll("meta[http-equiv=refresh i]")) refresh.remove();
  const bridge = page.createElement("script");
  bridge.textContent = script;
  page.head.prepend(bridge);
  // Put in as text: the parsed page is under the playground's policy, which has no use for a base.
  for (const name of page.head.getAttributeNames()) page.head.removeAttribute(name);
  const home = `<base href="${base.href.replaceAll('"', "%22")}">`;
  const text = withHandlers(page.documentElement.outerHTML).replace("<head>", () => `<head>${home}`);
  return `<!doctype html>${text.replaceAll(/(?<![\w-])shadowrootmode(?=\s*=)/gi, "data-$&")}`; // see no-frames.ts
}

/**
 * Handlers that are written as attributes have another name while the page is put together: the playground's policy
 * is the parsed page's too, has no use for them, and says so on the console.
 */
const withoutHandlers = (html: string): string =>
  html.replaceAll(/([\s"'])(on[a-z]+\s*=)/gi, "$1data-portico-aside-$2");
const withHandlers = (html: string): string => html.replaceAll(/data-portico-aside-(?=on)/gi, "");

function dataUrl({ type, bytes }: Fetched): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return `data:${type || "application/octet-stream"};base64,${btoa(text)}`;
}

/** The same page for where scripts can't run. */
export function withoutScripts(html: string): string {
  const page = new DOMParser().parseFromString(
    withoutHandlers(html.replace(/<base [^>]*>/, "")),
    "text/html",
  );
  for (const script of page.querySelectorAll("script")) script.remove();
  return `<!doctype html>${page.documentElement.outerHTML}`;
}
