/** A file of one's own units that cannot be used: the command line ends with status 2. */
export class OwnError extends Error {
  override readonly name = "OwnError";
}
