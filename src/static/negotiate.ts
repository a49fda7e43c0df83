/** Content codings that the client takes, RFC 9110 section 12.5.3. */

/** A stored coding and how its file is named: `app.js` beside `app.js.br`. */
export interface StoredCoding {
  readonly coding: string;
  readonly suffix: string;
}

/** In order of preference where the client has none. */
export const STORED_CODINGS: readonly StoredCoding[] = [
  { coding: "br", suffix: ".br" },
  { coding: "gzip", suffix: ".gz" },
];

/** The file as it is. */
export const IDENTITY = "identity";

// weight = OWS ";" OWS "q=" qvalue; qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )
const ELEMENT = /^[ \t]*([!#$%&'*+\-.^_`|~\w]+)[ \t]*(?:;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)[ \t]*)?$/i;

/**
 * The codings to try, best first: what `Accept-Encoding` takes among `br`, `gzip` and identity. The highest
 * weight wins; among equals a stored coding comes before identity, which is only there when nothing else
 * is, unless the client gave it a weight. An empty answer means that nothing is acceptable.
 */
export function acceptableCodings(field: string | null): readonly string[] {
  if (field === null) return [IDENTITY]; // any coding would do; the plain file suits every client
  const weights = readWeights(field);
  const any = weights.get("*");
  const ranked: { coding: string; weight: number }[] = [];
  for (const { coding } of STORED_CODINGS) {
    const weight = weights.get(coding) ?? any ?? 0;
    if (weight > 0) ranked.push({ coding, weight });
  }
  // Not mentioned, identity is acceptable, but behind everything that was asked for.
  const identity = weights.get(IDENTITY) ?? (any === 0 ? 0 : Number.MIN_VALUE);
  if (identity > 0) ranked.push({ coding: IDENTITY, weight: identity });
  return ranked.sort((a, b) => b.weight - a.weight).map(({ coding }) => coding);
}

/** Elements that break the grammar are ignored. */
function readWeights(field: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const element of field.split(",")) {
    const [, name, weight] = ELEMENT.exec(element) ?? [];
    if (name === undefined) continue;
    const coding = name.toLowerCase();
    weights.set(coding === "x-gzip" ? "gzip" : coding, weight === undefined ? 1 : Number(weight));
  }
  return weights;
}
