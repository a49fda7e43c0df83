import { sha1 } from "./sha1.ts";

/** RFC 6455 section 1.3. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** `Sec-WebSocket-Accept` for a `Sec-WebSocket-Key` (section 4.2.2 step 5.4). */
export function acceptKey(key: string): string {
  return base64(sha1(new TextEncoder().encode(key + GUID)));
}

/** A `Sec-WebSocket-Key`: 16 random bytes. */
export function randomKey(): string {
  return base64(crypto.getRandomValues(new Uint8Array(16)));
}

/** Whether a key is the base64 of 16 bytes (section 4.2.1 item 5). */
export function isKey(key: string): boolean {
  return /^[A-Za-z0-9+/]{22}==$/.test(key);
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** The elements of a comma-separated list, without empty ones. */
export function listElements(value: string | null): string[] {
  return (value ?? "")
    .split(",")
    .map((element) => element.trim())
    .filter((element) => element !== "");
}

/** Whether a comma-separated list has `token`, without case. */
export function hasToken(value: string | null, token: string): boolean {
  return listElements(value).some((element) => element.toLowerCase() === token);
}
