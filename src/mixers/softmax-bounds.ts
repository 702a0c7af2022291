/** A score that no real pair can have: padding gets the weight exp(-1e30 - max) = 0, without infinities. */
export const PADDING = -1e30;

/** Below every score that float32 holds. */
export const LOWEST = -3.4e38;
