import { HttpHeaders } from "../../http1/headers.ts";
import { type Content, contentStream, isUntouched, knownContent } from "./content.ts";
import { LightHeaders } from "./headers.ts";
import { standIn } from "./stand-in.ts";

type ResponseClass = typeof Response;

/** What is sent of a response that is known as a whole. */
export interface KnownResponse {
  readonly status: number;
  readonly headers: Iterable<readonly [string, string]> | Readonly<Record<string, string>>;
  readonly content: Content | null;
}

/** The platform's class, which makes whatever is not as simple as a light response, and what it says of a text and of JSON. */
let Platforms: ResponseClass;
let textHeaders: Readonly<Record<string, string>> = {};
let jsonHeaders: Readonly<Record<string, string>> = {};
const NO_HEADERS = {};

/** What `init` comes to, where it is simple. */
interface Start {
  readonly status: number;
  readonly statusText: string;
  readonly headers: HttpHeaders | undefined;
}

const PLAIN: Start = { status: 200, statusText: "", headers: undefined };

/**
 * A `Response` that remembers what it was made from. To find that out again from the platform's own, which makes
 * a stream of it, takes longer than all the rest of an answer. The platform's own is made when somebody reads it.
 */
export class LightResponse {
  readonly #content: Content | null;
  readonly #start: Start;
  /** What the body alone says of itself; of no concern once there are headers. */
  readonly #defaults: Readonly<Record<string, string>>;
  #headers: LightHeaders | undefined;
  #stream: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  #platforms: Response | undefined;
  #sent = false;

  constructor(content: Content | null, start: Start, defaults: Readonly<Record<string, string>>) {
    this.#content = content;
    this.#start = start;
    this.#defaults = defaults;
  }

  /** A response of that body and init, if it is one that has no need of the platform. */
  static of(body: unknown, init: unknown): LightResponse | undefined {
    const content = knownContent(body);
    if (content === undefined) return undefined;
    const start = init === undefined ? PLAIN : startOf(init);
    if (start === undefined || (content !== null && NULL_BODY.has(start.status))) return undefined;
    return new LightResponse(content, start, typeof body === "string" ? textHeaders : NO_HEADERS);
  }

  /** `Response.json`, likewise. */
  static json(data: unknown, init: unknown): LightResponse | undefined {
    const start = init === undefined ? PLAIN : startOf(init);
    if (start === undefined || NULL_BODY.has(start.status)) return undefined;
    try {
      const text: string | undefined = JSON.stringify(data);
      return text === undefined ? undefined : new LightResponse(text, start, jsonHeaders);
    } catch {
      return undefined;
    }
  }

  /** What to send of a response, if that is known; it is used then. */
  static take(response: object): KnownResponse | undefined {
    if (!(#content in response) || response.bodyUsed || response.#platforms !== undefined) return undefined;
    if (response.#stream?.locked) return undefined;
    response.#sent = true;
    return { status: response.#start.status, headers: response.#fields(), content: response.#content };
  }

  /** Status and headers of a light response that is given as the init of another. */
  static startOf(init: object): Start | undefined {
    if (!(#content in init)) return undefined;
    const { status, statusText } = init.#start;
    const headers = copyOf(init.#fields());
    return headers && { status, statusText, headers };
  }

  static platformsOf(light: LightResponse): Response {
    const made = light.#platforms ?? light.#asPlatforms();
    // Every time, as they may have changed: a blob and a form go by their type.
    fill(made.headers, light.headers);
    return made;
  }

  get status(): number {
    return this.#start.status;
  }

  get statusText(): string {
    return this.#start.statusText;
  }

  get ok(): boolean {
    return this.#start.status < 300;
  }

  get type(): ResponseType {
    return "default";
  }

  get url(): string {
    return "";
  }

  get redirected(): boolean {
    return false;
  }

  get headers(): Headers {
    this.#headers ??= new LightHeaders(ownFields(this.#fields()), true);
    return this.#headers as unknown as Headers;
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    if (this.#content === null) return null;
    if (this.#platforms !== undefined) return this.#platforms.body;
    if (this.#stream === undefined && this.#sent) return this.#asPlatforms().body;
    this.#stream ??= contentStream(this.#content);
    return this.#stream;
  }

  get bodyUsed(): boolean {
    if (this.#platforms !== undefined) return this.#platforms.bodyUsed;
    if (this.#stream !== undefined && !isUntouched(this.#stream)) return true;
    return this.#sent && this.#content !== null;
  }

  clone(): Response {
    const untouched = this.#platforms === undefined && this.#stream === undefined && !this.#sent;
    const headers = untouched ? copyOf(this.#fields()) : undefined;
    if (headers === undefined) return LightResponse.platformsOf(this).clone();
    const start = { ...this.#start, headers };
    return new LightResponse(this.#content, start, NO_HEADERS) as unknown as Response;
  }

  /** Kept, unless all that it can say is that the body is another's or was read. */
  #asPlatforms(): Response {
    const { status, statusText } = this.#start;
    const stream = this.#stream;
    if (!this.bodyUsed && !stream?.locked) {
      const { headers } = this;
      this.#platforms = new Platforms(stream ?? this.#content, { status, statusText, headers });
      return this.#platforms;
    }
    const made = new Platforms(this.#content === null ? null : "", { status, statusText });
    const body = stream?.locked ? made.body?.getReader() : made.body;
    if (this.bodyUsed) void body?.cancel();
    return made;
  }

  #fields(): HttpHeaders | Headers | Readonly<Record<string, string>> {
    if (this.#headers !== undefined) return LightHeaders.fieldsOf(this.#headers) ?? NO_HEADERS;
    const { headers } = this.#start;
    if (headers === undefined) return this.#defaults;
    const type = this.#defaults["content-type"];
    if (type !== undefined && !headers.has("content-type")) headers.append("content-type", type);
    return headers;
  }
}

/** Statuses that go without a body (Fetch, section 2.2.3: null body status). */
const NULL_BODY = new Set([204, 205, 304]);

function startOf(init: unknown): Start | undefined {
  if (typeof init !== "object" || init === null) return undefined;
  const light = LightResponse.startOf(init);
  if (light !== undefined) return light;
  const { status = 200, statusText = "", headers } = init as Partial<Record<keyof ResponseInit, unknown>>;
  if (typeof status !== "number" || !Number.isInteger(status) || status < 200 || status > 599)
    return undefined;
  if (typeof statusText !== "string" || /[^\t -~\x80-\xff]/.test(statusText)) return undefined;
  if (headers === undefined) return { status, statusText, headers: undefined };
  const fields = fieldsOf(headers);
  return fields && { status, statusText, headers: fields };
}

/** Fields of an init, as a copy; `undefined` where the platform has to look at them. */
function fieldsOf(headers: unknown): HttpHeaders | undefined {
  if (typeof headers !== "object" || headers === null) return undefined;
  const plain = headers instanceof Headers || isTextRecord(headers);
  return plain ? copyOf(LightHeaders.fieldsOf(headers) ?? headers) : undefined;
}

function isTextRecord(headers: object): headers is Record<string, string> {
  if (Symbol.iterator in headers) return false;
  for (const value of Object.values(headers)) if (typeof value !== "string") return false;
  return true;
}

type Fields = Iterable<[string, string]> | Readonly<Record<string, string>>;

function ownFields(fields: Fields): HttpHeaders {
  return new HttpHeaders(fields);
}

/** `undefined` where the platform may know better: its headers take control characters, ours do not. */
function copyOf(fields: Fields): HttpHeaders | undefined {
  try {
    return ownFields(fields);
  } catch {
    return undefined;
  }
}

/** Makes headers say the same as others: what the platform added may have been taken out of those. */
function fill(headers: Headers, others: Headers): void {
  for (const name of [...headers.keys()]) headers.delete(name);
  for (const [name, value] of others) headers.append(name, value);
}

/** Makes light responses instances of a `Response` class, which has the platform's among its parents. */
export function prepareResponse(parent: ResponseClass, platforms: ResponseClass): void {
  Platforms = platforms;
  textHeaders = Object.fromEntries(new Platforms("").headers);
  jsonHeaders = Object.fromEntries(Platforms.json(0).headers);
  standIn(LightResponse, parent, LightResponse.platformsOf);
}
