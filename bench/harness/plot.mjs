/** Small SVG plots: bars for the rows, lines on logarithmic axes for the curves. */

const font = 'font-family="system-ui, sans-serif" font-size="12"';
const colours = ["#0b6e4f", "#6b7280", "#c2410c", "#1d4ed8", "#9333ea", "#b91c1c", "#0e7490", "#a16207"];
const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const text = (x, y, content, more = "") => `<text x="${x}" y="${y}" ${more}>${escaped(content)}</text>`;
const short = (value) =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);

function document(width, height, title, parts) {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ${font} role="img" aria-label="${escaped(title)}">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...parts,
    "</svg>\n",
  ].join("\n");
}

/**
 * Horizontal bars, one group a row of the bench, each bar as a share of the group's longest.
 * @param {{title: string, unit: string, bars: {name: string, value: number}[]}[]} groups
 */
export function bars(title, groups) {
  const width = 760;
  const [left, right, height] = [190, 90, 18];
  const parts = [text(12, 24, title, 'font-size="15" font-weight="600" fill="#111827"')];
  let y = 44;
  for (const { title: heading, unit, bars: group } of groups) {
    const longest = Math.max(...group.map((bar) => bar.value));
    parts.push(text(12, y + 12, `${heading}, ${unit}`, 'font-weight="600" fill="#111827"'));
    y += 20;
    for (const { name, value } of group) {
      const length = Math.max(1, (value / longest) * (width - left - right));
      const ours = name === "portico";
      parts.push(text(left - 8, y + 13, name, `text-anchor="end" fill="${ours ? "#0b6e4f" : "#374151"}"`));
      parts.push(
        `<rect x="${left}" y="${y + 2}" width="${length.toFixed(1)}" height="${height - 5}" fill="${ours ? "#0b6e4f" : "#cbd5e1"}"/>`,
      );
      parts.push(text(left + length + 6, y + 13, short(value), 'fill="#374151"'));
      y += height;
    }
    y += 14;
  }
  return document(width, y, title, parts);
}

/** Powers of ten from at or below `low` to at or above `high`. */
function decades(low, high) {
  const first = Math.floor(Math.log10(low));
  const last = Math.max(first + 1, Math.ceil(Math.log10(high)));
  return Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
}

const tick = (value) => {
  if (value >= 1e9) return `${value / 1e9}G`;
  if (value >= 1e6) return `${value / 1e6}M`;
  if (value >= 1e3) return `${value / 1e3}k`;
  return String(Number(value.toPrecision(1)));
};

/**
 * Lines on two logarithmic axes: a straight line of slope one is cost in proportion to work.
 * @param {{title: string, x: string, y: string, lines: {name: string, points: [number, number][]}[]}} curve
 */
export function curve({ title, x, y, lines }) {
  const [width, height, left, top, right, bottom] = [720, 420, 70, 44, 20, 78];
  const all = lines.flatMap((line) => line.points);
  const xs = decades(Math.min(...all.map((p) => p[0])), Math.max(...all.map((p) => p[0])));
  const ys = decades(Math.min(...all.map((p) => p[1])), Math.max(...all.map((p) => p[1])));
  const place = (value, scale, from, to) =>
    from + (Math.log10(value / scale[0]) / Math.log10(scale[scale.length - 1] / scale[0])) * (to - from);
  const px = (value) => place(value, xs, left, width - right).toFixed(1);
  const py = (value) => place(value, ys, height - bottom, top).toFixed(1);
  const parts = [text(12, 24, title, 'font-size="15" font-weight="600" fill="#111827"')];
  for (const value of xs) {
    parts.push(`<path d="M${px(value)} ${top}V${height - bottom}" stroke="#e5e7eb"/>`);
    parts.push(text(px(value), height - bottom + 16, tick(value), 'text-anchor="middle" fill="#374151"'));
  }
  for (const value of ys) {
    parts.push(`<path d="M${left} ${py(value)}H${width - right}" stroke="#e5e7eb"/>`);
    parts.push(text(left - 8, Number(py(value)) + 4, tick(value), 'text-anchor="end" fill="#374151"'));
  }
  parts.push(
    text((left + width - right) / 2, height - bottom + 34, x, 'text-anchor="middle" fill="#374151"'),
  );
  parts.push(text(14, top - 6, y, 'fill="#374151"'));
  for (const [i, { name, points }] of lines.entries()) {
    const colour = colours[i % colours.length];
    const d = points.map((p, j) => `${j === 0 ? "M" : "L"}${px(p[0])} ${py(p[1])}`).join("");
    parts.push(`<path d="${d}" fill="none" stroke="${colour}" stroke-width="2"/>`);
    for (const p of points) parts.push(`<circle cx="${px(p[0])}" cy="${py(p[1])}" r="3" fill="${colour}"/>`);
    const at = left + i * 160;
    parts.push(`<rect x="${at}" y="${height - 26}" width="12" height="12" fill="${colour}"/>`);
    parts.push(text(at + 18, height - 16, name, 'fill="#374151"'));
  }
  return document(width, height, title, parts);
}
