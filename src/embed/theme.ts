/** Whether the page around an element is light or dark. */
import type { Theme } from "./messages.ts";

/**
 * By the element's text colour, which is the page's unless somebody has said otherwise: light text stands on something
 * dark. So a class, an attribute, `color-scheme` and the system's wish are all seen, without knowing of any.
 */
export function themeAround(element: Element): Theme {
  const [red, green, blue] = rgb(getComputedStyle(element).color);
  // Luma of ITU-R BT.601, from 0 to 255.
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? "dark" : "light";
}

/** Computed colours come in many notations (`oklch()`, `color()`); a canvas knows all of them. */
function rgb(color: string): readonly [number, number, number] {
  const plain = /^rgba?\((\d+), (\d+), (\d+)/.exec(color);
  if (plain) return [Number(plain[1]), Number(plain[2]), Number(plain[3])];
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return [0, 0, 0];
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
