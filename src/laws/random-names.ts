import { generators, type RandomName } from "../kernels/random.js";

/** The random numbers by which any law can be drawn; docs/kernels.md says what each is. The first is the default. */
export const randomNames = Object.keys(generators) as readonly RandomName[];
