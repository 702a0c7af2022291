/**
 * Version of the numbers. Raise it with any change that alters stored rows by more than rounding (a sampler, an
 * optimiser, an initialisation, a formula): a stored cell of another version is computed again, never mixed in.
 */
export const NUMERICS = 1;
