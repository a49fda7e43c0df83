/** What a form sends, as HTML has it (section 4.10.22.3): the button that was pressed may say otherwise than its form. */

export interface Submission {
  readonly url: string;
  readonly method: string;
  readonly body: ArrayBuffer | undefined;
  readonly contentType: string | undefined;
}

export async function submission(
  form: HTMLFormElement,
  button: HTMLElement | null,
  addressOf: (url: string) => string,
): Promise<Submission> {
  const said = (name: string) => button?.getAttribute(`form${name}`) ?? form.getAttribute(name) ?? "";
  const data = new FormData(form, button);
  const url = new URL(addressOf(said("action")));
  const fields = Array.from(data, ([name, value]) => [name, typeof value === "string" ? value : value.name]);
  if (said("method").toLowerCase() !== "post") {
    url.search = new URLSearchParams(fields).toString();
    return { url: url.href, method: "GET", body: undefined, contentType: undefined };
  }
  const made = new Response(bodyOf(said("enctype").toLowerCase(), data, fields));
  const contentType = made.headers.get("Content-Type") ?? undefined;
  return { url: url.href, method: "POST", body: await made.arrayBuffer(), contentType };
}

function bodyOf(enctype: string, data: FormData, fields: string[][]): BodyInit {
  if (enctype === "multipart/form-data") return data;
  if (enctype !== "text/plain") return new URLSearchParams(fields);
  const lines = fields.map(([name, value]) => `${name}=${value}\r\n`);
  return new Blob(lines, { type: "text/plain" });
}
