/// <reference types="vite/types/importMeta.d.ts" />
/** Texts that the build makes, see scripts/web-build.mjs. */
declare module "virtual:sandbox-worker" {
  const text: string;
  export default text;
}
declare module "virtual:sandbox-portico" {
  const text: string;
  export default text;
}
declare module "virtual:preview-bridge" {
  const text: string;
  export default text;
}
