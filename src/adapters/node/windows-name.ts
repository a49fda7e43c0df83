/** `$DATA` and other streams, wildcards, and what else the Win32 layer reads in a name. */
const SPECIAL = /[<>:"|?*]/;

/** Win32 drops dots and spaces at the end, so that `secret.txt.` would open `secret.txt`. */
const DROPPED_END = /[. ]$/;

/** A short name of FAT days, which opens the file with the long one: `GIT~1` is `.git`. */
const SHORT_NAME = /^[^.]{1,6}~\d+(?:\.[^.]{0,3})?$/;

/** Whether a name opens the file that is called so on Windows, and no other. */
export function isWindowsName(name: string): boolean {
  return !SPECIAL.test(name) && !DROPPED_END.test(name) && !SHORT_NAME.test(name);
}
