/** With the slash it is the package, whatever leads `url` elsewhere. */
export { format, parse, resolve, Url } from "url/";
