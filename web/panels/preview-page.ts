/**
 * A page of the program as one document that needs no network: what it refers to is fetched over the virtual
 * network and put into it. A small script in front tells the playground where links and forms lead.
 */

export interface Fetched {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** Resources fetched for a page, and their bytes together. */
const MAX_RESOURCES = 40;
const MAX_BYTES = 4_000_000;

/** Runs in the preview, before anything of the page does. What could leave by another way than HTTP is not there. */
const BRIDGE = `
for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport"]) {
  try { Object.defineProperty(globalThis, name, { value: undefined }); } catch {}
}
addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || link.getAttribute("href").startsWith("#")) return;
  event.preventDefault();
  parent.postMessage({ open: link.getAttribute("href") }, "*");
});
addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const fields = new URLSearchParams(new FormData(form, event.submitter));
  parent.postMessage({ open: form.getAttribute("action") ?? "", method: form.method, body: fields.toString() }, "*");
});
`;

/**
 * @param html the page as it came
 * @param address where it came from
 * @param load fetches another path of the same server
 */
export async function standalonePage(
  html: string,
  address: URL,
  load: (url: URL) => Promise<Fetched>,
): Promise<string> {
  const page = new DOMParser().parseFromString(html, "text/html");
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
  for (const refresh of page.querySelectorAll("meta[http-equiv=refresh i]")) refresh.remove();
  const bridge = page.createElement("script");
  bridge.textContent = BRIDGE;
  page.head.prepend(bridge);
  return `<!doctype html>${page.documentElement.outerHTML}`;
}

function dataUrl({ type, bytes }: Fetched): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return `data:${type || "application/octet-stream"};base64,${btoa(text)}`;
}

/** The same page for where scripts can't run. */
export function withoutScripts(html: string): string {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const script of page.querySelectorAll("script")) script.remove();
  return `<!doctype html>${page.documentElement.outerHTML}`;
}
