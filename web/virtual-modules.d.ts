/// <reference types="vite/types/importMeta.d.ts" />
/** Texts that the build makes out of web/sandbox, see scripts/web-build.mjs. */
declare module "virtual:sandbox-worker" {
  const text: string;
  export default text;
}
declare module "virtual:sandbox-portico" {
  const text: string;
  export default text;
}
