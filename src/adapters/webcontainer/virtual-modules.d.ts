/** Portico's own package for Node, as scripts/portico-package.mjs builds it: file contents by path. */
declare module "virtual:portico-package" {
  const files: Readonly<Record<string, string>>;
  export default files;
}
