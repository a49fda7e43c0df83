/** `v8`: a page takes no snapshots of itself at start. */
export const startupSnapshot: undefined = undefined;
