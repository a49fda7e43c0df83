import { type Place, previewUrl, type Routes } from "../routes.ts";

/** What the worker does about a fetch. */
export type Decision =
  /** It is not ours: the browser goes on as if there were no worker. */
  | { readonly kind: "leave" }
  | { readonly kind: "serve"; readonly place: Place }
  /** A path of this origin, asked for by a preview: whose it is says the client's URL. */
  | { readonly kind: "serve-client"; readonly target: string }
  | { readonly kind: "redirect"; readonly to: string };

const LEAVE: Decision = { kind: "leave" };

/** What of a request decides. */
export interface Asked {
  readonly url: string;
  readonly mode: string;
  readonly destination: string;
  readonly referrer: string;
}

/**
 * Decides at once, by what the event itself says: the browser takes back a fetch only from a listener that
 * returns without having asked for it.
 *
 * | the URL is | and | then |
 * |---|---|---|
 * | another origin's | | it is left |
 * | a preview's | | its server answers; without the slash behind the port, a redirect adds it |
 * | of this origin | a navigation or a worker's script, asked for by a preview | it is led to the preview's URL |
 * | of this origin | the worker controls previews alone | the client's server answers |
 * | of this origin | anything else | it is left |
 *
 * @param previewsOnly whether every client of this worker is a preview, as its scope ends with `~`
 */
export function decide(request: Asked, routes: Routes, previewsOnly: boolean): Decision {
  const { url } = request;
  if (!url.startsWith(`${routes.origin}/`)) return LEAVE;
  const place = routes.parse(url);
  if (place !== undefined) {
    if (!routes.lacksSlash(url)) return { kind: "serve", place };
    return { kind: "redirect", to: previewUrl(place, place.target) };
  }
  const target = withoutFragment(url.slice(routes.origin.length));
  if (makesClient(request)) {
    const from = routes.parse(request.referrer);
    if (from === undefined) return LEAVE;
    return { kind: "redirect", to: previewUrl(from, target) };
  }
  return previewsOnly ? { kind: "serve-client", target } : LEAVE;
}

/** Requests that are matched to a worker by their own URL and not by who asks. */
function makesClient({ mode, destination }: Asked): boolean {
  return mode === "navigate" || destination === "worker" || destination === "sharedworker";
}

function withoutFragment(path: string): string {
  const at = path.indexOf("#");
  return at < 0 ? path : path.slice(0, at);
}
