/** The client library's own copy of Comlink, which its package does not export; `stand-in.ts` knows where it is. */
declare module "virtual:webcontainer-comlink" {
  export const Comlink: {
    expose(value: unknown, port: MessagePort): void;
    proxy<Value extends object>(value: Value): Value;
  };
}
