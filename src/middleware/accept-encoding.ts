import { listElements, trim } from "../http1/list.ts";

export const IDENTITY = "identity";

// codings = content-coding / "identity" / "*"; weight = OWS ";" OWS "q=" qvalue (RFC 9110 section 12.4.2)
const ELEMENT = /^([!#$%&'*+\-.^_`|~\w]+)(?:[ \t]*;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/i;

/**
 * The content coding that `Accept-Encoding` asks for (RFC 9110 section 12.5.3): the one of highest weight, among
 * equals the first of `available`; identity where the client weighs it higher, or takes none of them.
 *
 * @param field the header's value, null where there is none: then identity, which every client can read
 * @param available in the server's order of preference
 */
export function chooseCoding<Coding extends string>(
  field: string | null,
  available: readonly Coding[],
): Coding | typeof IDENTITY {
  const weights = weightsOf(field ?? "");
  const any = weights.get("*") ?? 0;
  let chosen: Coding | typeof IDENTITY = IDENTITY;
  let highest = weights.get(IDENTITY) ?? 0;
  for (const coding of available) {
    const weight = weights.get(coding) ?? any;
    // Where identity has no more weight than a coding, the coding is what was asked for.
    if (weight > highest || (weight > 0 && weight === highest && chosen === IDENTITY)) {
      chosen = coding;
      highest = weight;
    }
  }
  return chosen;
}

/** Whether the client refuses the content as it is: by name, or with `*` for all that it doesn't name. */
export function refusesIdentity(field: string | null): boolean {
  if (field === null || !field.includes("=0")) return false; // without a look at each element of most fields
  const weights = weightsOf(field);
  return (weights.get(IDENTITY) ?? weights.get("*")) === 0;
}

/** The same `Accept-Encoding` from somebody who takes the content as it is where there is nothing better. */
export function withIdentity(field: string): string {
  const others = listElements(field).filter(
    (element) => trim(element.split(";")[0] ?? "").toLowerCase() !== IDENTITY,
  );
  return [...others, `${IDENTITY};q=0.001`].join(", ");
}

/** Elements that break the grammar count for nothing. `x-gzip` is gzip (section 8.4.1.3). */
function weightsOf(field: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const element of listElements(field)) {
    const [, name, weight] = ELEMENT.exec(element) ?? [];
    if (name === undefined) continue;
    const coding = name.toLowerCase();
    weights.set(coding === "x-gzip" ? "gzip" : coding, weight === undefined ? 1 : Number(weight));
  }
  return weights;
}
