/** A page shares memory only where it is cross-origin isolated; elsewhere a trial stays on one thread. */
export const sharesMemory = typeof SharedArrayBuffer !== "undefined";
