/** A file that holds no series as asked: `prices.csv:12:3: what is wrong; what is allowed`. Status 2 on the command line. */
export class SeriesError extends RangeError {
  override readonly name = "SeriesError";
}

/** A place in a file, both counted from 1 as editors do. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** @throws SeriesError at a place of the file, or about the whole file where there is none */
export function refuse(file: string, place: Place | null, sentence: string): never {
  throw new SeriesError(`${place ? `${file}:${place.line}:${place.column}` : file}: ${sentence}`);
}
