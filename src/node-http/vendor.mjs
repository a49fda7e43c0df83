/** Node's streams, buffers and events, from the packages that browsers have used for them for years. */
export { Buffer } from "buffer";
export { EventEmitter } from "events";
export { default as streams } from "readable-stream";
